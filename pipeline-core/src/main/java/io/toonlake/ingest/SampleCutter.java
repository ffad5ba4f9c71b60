package io.toonlake.ingest;

import io.toonlake.image.PixelImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts training samples: the picture is resized until its short side is the sample's side, and squares are taken evenly
 * spaced along the long side, the first and the last at its ends.
 *
 * <p>As many squares are taken as are needed to cover the long side, at most {@code maxSamples}; a single one is taken from
 * the middle. Smaller pictures are enlarged: whether they are welcome is the caller's decision, made when decoding
 * ({@link io.toonlake.image.DecodeLimits#minSidePixels()}).
 */
public final class SampleCutter {

    private final int sizePixels;
    private final int maxSamples;

    /**
     * @param sizePixels the side of a sample
     * @param maxSamples the most samples of one picture
     */
    public SampleCutter(int sizePixels, int maxSamples) {
        if (sizePixels < 1) {
            throw new IllegalArgumentException("Invalid sizePixels: " + sizePixels + " (must be >= 1)");
        }
        if (maxSamples < 1) {
            throw new IllegalArgumentException("Invalid maxSamples: " + maxSamples + " (must be >= 1)");
        }
        this.sizePixels = sizePixels;
        this.maxSamples = maxSamples;
    }

    /** The samples of one picture, at least one, in order from its left or top. */
    public List<Sample> cut(PixelImage image) {
        int shortSide = Math.min(image.width(), image.height());
        int longSide = Math.max(image.width(), image.height());
        boolean wide = image.width() >= image.height();
        long resizedLong = Math.max(sizePixels, Math.round((double) longSide * sizePixels / shortSide));
        int needed = (int) Math.min(maxSamples, (resizedLong + sizePixels - 1) / sizePixels);
        List<Sample> samples = new ArrayList<>(needed);
        if (resizedLong > Integer.MAX_VALUE / sizePixels / 4) {
            throw new IllegalArgumentException("Cannot cut a picture of " + image + ": its sides are too unequal");
        }
        PixelImage resized =
                wide ? image.resize((int) resizedLong, sizePixels) : image.resize(sizePixels, (int) resizedLong);
        int room = (int) resizedLong - sizePixels;
        for (int i = 0; i < needed; i++) {
            int at = needed == 1 ? room / 2 : (int) Math.round((double) room * i / (needed - 1));
            int x = wide ? at : 0;
            int y = wide ? 0 : at;
            samples.add(new Sample(i, x, y, resized.crop(x, y, sizePixels, sizePixels)));
        }
        return List.copyOf(samples);
    }
}
