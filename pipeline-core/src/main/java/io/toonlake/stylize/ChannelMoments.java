package io.toonlake.stylize;

import java.nio.FloatBuffer;

/**
 * Mean and variance of every channel of a map that is seen in parts. Sums run in double precision over differences from the channel's first
 * value, so that a channel far from zero keeps its digits, and are the same for the same parts in the same order.
 */
final class ChannelMoments {
    /** Independent sums, for the processor to work on side by side. */
    private static final int LANES = 4;

    private final double[] origins;
    private final double[] sums;
    private final double[] squares;
    private long pixels;
    private float[] plane = {};

    ChannelMoments(int channels) {
        origins = new double[channels];
        sums = new double[channels];
        squares = new double[channels];
    }

    /** Takes a part in, [C, pixels]. */
    void add(FloatBuffer part, int partPixels) {
        if (plane.length < partPixels) {
            plane = new float[partPixels];
        }
        for (int c = 0; c < sums.length; c++) {
            part.get(c * partPixels, plane, 0, partPixels);
            if (pixels == 0) {
                origins[c] = plane[0];
            }
            add(c, partPixels);
        }
        pixels += partPixels;
    }

    private void add(int c, int count) {
        double origin = origins[c];
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        double square0 = 0;
        double square1 = 0;
        double square2 = 0;
        double square3 = 0;
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            double v0 = plane[i] - origin;
            double v1 = plane[i + 1] - origin;
            double v2 = plane[i + 2] - origin;
            double v3 = plane[i + 3] - origin;
            sum0 += v0;
            sum1 += v1;
            sum2 += v2;
            sum3 += v3;
            square0 += v0 * v0;
            square1 += v1 * v1;
            square2 += v2 * v2;
            square3 += v3 * v3;
        }
        for (; i < count; i++) {
            double v = plane[i] - origin;
            sum0 += v;
            square0 += v * v;
        }
        sums[c] += sum0 + sum1 + (sum2 + sum3);
        squares[c] += square0 + square1 + (square2 + square3);
    }

    double mean(int c) {
        return origins[c] + sums[c] / pixels;
    }

    /** The biased variance. */
    double variance(int c) {
        double shifted = sums[c] / pixels;
        return Math.max(0, squares[c] / pixels - shifted * shifted);
    }

    /**
     * The affine normalization by these moments.
     *
     * @param scale [C]
     * @param shift [C]
     * @param epsilon added to the variance
     */
    ChannelScaling scaling(float[] scale, float[] shift, double epsilon) {
        double[] factors = new double[sums.length];
        double[] offsets = new double[sums.length];
        for (int c = 0; c < sums.length; c++) {
            factors[c] = scale[c] / Math.sqrt(variance(c) + epsilon);
            offsets[c] = shift[c] - mean(c) * factors[c];
        }
        return new ChannelScaling(factors, offsets);
    }
}
