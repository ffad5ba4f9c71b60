package io.toonlake.ingest;

import io.toonlake.image.PixelImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts training samples: squares of the picture's short side, evenly spaced along its long side, the first and the last at
 * its ends, each resized to the sample's side.
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
        double scale = (double) sizePixels / shortSide;
        int needed = (int) Math.min(maxSamples, Math.ceil((double) longSide / shortSide));
        List<Sample> samples = new ArrayList<>(needed);
        for (int i = 0; i < needed; i++) {
            double at = (longSide - shortSide) * (needed == 1 ? 0.5 : (double) i / (needed - 1));
            int from = (int) Math.round(at);
            // Cut before resizing: a strip a million pixels long must not cost a resized strip.
            PixelImage square = image.crop(wide ? from : 0, wide ? 0 : from, shortSide, shortSide);
            int place = (int) Math.round(at * scale);
            samples.add(new Sample(i, wide ? place : 0, wide ? 0 : place, square.resize(sizePixels, sizePixels)));
        }
        return List.copyOf(samples);
    }
}
