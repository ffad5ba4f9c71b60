package io.toonlake.training;

import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Changes the colours of what the discriminator is shown, real and fake alike, so that it can go by neither a cast nor a
 * saturation and is left with shapes: flat areas and edges. Differentiable augmentation (Zhao et al., NeurIPS 2020) with their
 * policy {@code color}, and a shift of each channel by itself. A few dozen cartoons are known by their colours long before they
 * are known by anything else, and a generator that follows moves from cast to cast.
 *
 * <p>A pixel x, of mean m over its channels, becomes contrast · (m + saturation · (x − m)) + shift, which is linear in x: the
 * gradient goes back through the same matrix.
 */
final class ColorJitter {
    private static final double MAX_SATURATION = 2;
    private static final double CONTRAST_SPREAD = 0.5;
    private static final double BRIGHTNESS_SPREAD = 0.5;
    private static final double CAST_SPREAD = 0.25;
    private static final int CHANNELS = 3;

    private final float[] contrast;
    private final float[] saturation;
    private final float[] shift;

    /**
     * Colours as drawn for each of so many pictures: saturation up to 2, contrast 0.5 to 1.5, brightness ± 0.5, each channel
     * ± 0.25 apart from it.
     */
    ColorJitter(int pictures, SplittableRandom random) {
        contrast = new float[pictures];
        saturation = new float[pictures];
        shift = new float[pictures * CHANNELS];
        for (int n = 0; n < pictures; n++) {
            contrast[n] = (float) random.nextDouble(1 - CONTRAST_SPREAD, 1 + CONTRAST_SPREAD);
            saturation[n] = (float) random.nextDouble(MAX_SATURATION);
            double brightness = random.nextDouble(-BRIGHTNESS_SPREAD, BRIGHTNESS_SPREAD);
            for (int channel = 0; channel < CHANNELS; channel++) {
                shift[n * CHANNELS + channel] = (float) (brightness + random.nextDouble(-CAST_SPREAD, CAST_SPREAD));
            }
        }
    }

    /**
     * The pictures in other colours; values may leave [-1, 1].
     *
     * @param pictures [N, 3, H, W]; they stay unchanged
     * @return a new array of the same shape, the caller's to free
     */
    INDArray apply(INDArray pictures) {
        INDArray changed = linear(pictures);
        try (INDArray offset = Nd4j.createFromArray(shift)
                .reshape('c', contrast.length, CHANNELS, 1, 1)
                .castTo(pictures.dataType())) {
            return changed.addi(offset);
        }
    }

    /** The gradient at the pictures, from the one at what {@link #apply} made of them: a new array, the caller's to free. */
    INDArray backward(INDArray gradient) {
        return linear(gradient);
    }

    /** What is done to a pixel but for the shift: a symmetric matrix, so that it is its own transpose. */
    private INDArray linear(INDArray pixels) {
        float[] own = new float[contrast.length];
        float[] grey = new float[contrast.length];
        for (int n = 0; n < contrast.length; n++) {
            own[n] = contrast[n] * saturation[n];
            grey[n] = contrast[n] * (1 - saturation[n]);
        }
        try (INDArray mean = pixels.mean(true, 1);
                INDArray ofMean = perPicture(grey, pixels);
                INDArray ofItself = perPicture(own, pixels)) {
            return pixels.mul(ofItself).addi(mean.muli(ofMean));
        }
    }

    private static INDArray perPicture(float[] values, INDArray like) {
        return Nd4j.createFromArray(values).reshape('c', values.length, 1, 1, 1).castTo(like.dataType());
    }
}
