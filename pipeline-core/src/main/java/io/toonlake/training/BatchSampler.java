package io.toonlake.training;

import io.toonlake.image.PixelImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Draws batches: pictures at random with replacement, from each a square cut at a random place, half of them mirrored.
 *
 * <p>What is drawn depends on the {@link Draw} and the number and sizes of the pictures, on nothing else.
 */
public final class BatchSampler {
    private static final int PHOTOS = 0;
    private static final int CARTOONS = 1;
    private static final int CHANNELS = 3;

    private final int batchSize;
    private final int cropPixels;
    private final boolean flips;

    /** A sampler as the settings say. */
    public BatchSampler(TrainingSettings settings) {
        this(settings.batchSize(), settings.cropPixels(), settings.flips());
    }

    BatchSampler(int batchSize, int cropPixels, boolean flips) {
        this.batchSize = batchSize;
        this.cropPixels = cropPixels;
        this.flips = flips;
    }

    /**
     * A batch of cartoon frames and the same cut-outs of the same frames with their edges smoothed.
     *
     * <p>Seeing both of a pair, the discriminator can tell them apart by nothing but their edges.
     */
    public record Cartoons(INDArray cartoon, INDArray edgeSmoothed) implements AutoCloseable {
        @Override
        public void close() {
            cartoon.close();
            edgeSmoothed.close();
        }
    }

    /**
     * A batch of photos, [N, 3, crop, crop], BGR, [-1, 1]; the caller's to free.
     *
     * @param photos BGR, no side shorter than the crop; only those drawn are asked for
     */
    public INDArray photos(List<PixelImage> photos, Draw draw) {
        return array(cut(photos, draw.random(PHOTOS)));
    }

    /**
     * A batch of cartoons.
     *
     * @param cartoons BGR, no side shorter than the crop
     * @param edgeSmoothed the same frames in the same order
     */
    public Cartoons cartoons(List<PixelImage> cartoons, List<PixelImage> edgeSmoothed, Draw draw) {
        if (cartoons.size() != edgeSmoothed.size()) {
            throw new IllegalArgumentException("Cannot pair %d cartoons with %d edge-smoothed ones"
                    .formatted(cartoons.size(), edgeSmoothed.size()));
        }
        return new Cartoons(
                array(cut(cartoons, draw.random(CARTOONS))), array(cut(edgeSmoothed, draw.random(CARTOONS))));
    }

    private List<PixelImage> cut(List<PixelImage> pictures, SplittableRandom random) {
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException("Cannot draw a batch from no pictures");
        }
        List<PixelImage> cuts = new ArrayList<>();
        for (int n = 0; n < batchSize; n++) {
            PixelImage picture = pictures.get(random.nextInt(pictures.size()));
            if (Math.min(picture.width(), picture.height()) < cropPixels || picture.channels() != CHANNELS) {
                throw new IllegalArgumentException("Cannot cut %d×%d BGR pixels from a picture of %d×%d, %d channels"
                        .formatted(cropPixels, cropPixels, picture.width(), picture.height(), picture.channels()));
            }
            int x = random.nextInt(picture.width() - cropPixels + 1);
            int y = random.nextInt(picture.height() - cropPixels + 1);
            PixelImage cut = picture.crop(x, y, cropPixels, cropPixels);
            cuts.add(random.nextBoolean() && flips ? cut.mirrored() : cut);
        }
        return cuts;
    }

    /** Value = byte / 127.5 − 1, planes of blue, green and red. */
    private INDArray array(List<PixelImage> cuts) {
        int plane = cropPixels * cropPixels;
        float[] values = new float[cuts.size() * CHANNELS * plane];
        int at = 0;
        for (PixelImage cut : cuts) {
            byte[] pixels = cut.pixels();
            for (int channel = 0; channel < CHANNELS; channel++) {
                for (int i = 0; i < plane; i++) {
                    values[at++] = (pixels[i * CHANNELS + channel] & 0xFF) / 127.5f - 1;
                }
            }
        }
        return Nd4j.createFromArray(values).reshape('c', cuts.size(), CHANNELS, cropPixels, cropPixels);
    }
}
