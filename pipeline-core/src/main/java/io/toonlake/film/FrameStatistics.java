package io.toonlake.film;

import java.io.Serializable;

/**
 * What was measured of a frame, on a copy of some 256 pixels on its shorter side; of colours, on one of half that size. Grey is luma, 0 to 255.
 *
 * @param timestamp when it is shown, in the film's time base
 * @param difference from the frame before: the mean absolute difference of hue (0 to 179), saturation and value (0 to 255), averaged over the
 *     three; -1 where the frame before was not seen
 * @param brightness mean grey
 * @param contrast standard deviation of grey
 * @param sharpness variance of grey's Laplacian (the 4-neighbour one): low for blurred frames, and for those with little in them
 * @param top rows of black from the top, as a share of all
 * @param bottom likewise from the bottom
 * @param left columns of black from the left, as a share of all
 * @param right likewise from the right
 */
public record FrameStatistics(
        long timestamp,
        float difference,
        float brightness,
        float contrast,
        float sharpness,
        float top,
        float bottom,
        float left,
        float right)
        implements Serializable {

    FrameStatistics withDifference(float other) {
        return new FrameStatistics(timestamp, other, brightness, contrast, sharpness, top, bottom, left, right);
    }
}
