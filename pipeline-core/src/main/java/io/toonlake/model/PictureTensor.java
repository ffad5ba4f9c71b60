package io.toonlake.model;

import java.util.List;

/**
 * How somebody's network takes or gives a picture. A byte b of channel c is {@code (low + b / 255 · (high − low) − mean[c]) / std[c]}.
 *
 * @param name in the network
 * @param range before mean and deviation: {@code [0, 1]} for torchvision's {@code Normalize}
 * @param mean of each channel, in the order of {@code channelOrder}; 0 for none
 * @param std of each channel, likewise; 1 for none
 */
public record PictureTensor(
        String name,
        NumberType type,
        PictureLayout layout,
        ChannelOrder channelOrder,
        ValueRange range,
        List<Double> mean,
        List<Double> std) {
    /** Of a picture's colours. */
    public static final int CHANNELS = 3;

    /** No mean to take away. */
    public static final List<Double> NO_MEAN = List.of(0.0, 0.0, 0.0);

    /** No deviation to divide by. */
    public static final List<Double> NO_STD = List.of(1.0, 1.0, 1.0);

    public PictureTensor {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != CHANNELS || mean.stream().anyMatch(m -> !Double.isFinite(m))) {
            throw new IllegalArgumentException("Invalid mean: %s (must be 3 finite numbers)".formatted(mean));
        }
        if (std.size() != CHANNELS || std.stream().anyMatch(s -> !(s > 0) || Double.isInfinite(s))) {
            throw new IllegalArgumentException("Invalid std: %s (must be 3 numbers above 0)".formatted(std));
        }
    }

    /**
     * Where a value stands in the network's array.
     *
     * @param channel 0 for blue, 1 for green, 2 for red
     * @param pixels of the picture
     */
    public int at(int channel, int pixel, int pixels) {
        int ordered = ordered(channel);
        return layout == PictureLayout.NCHW ? ordered * pixels + pixel : pixel * CHANNELS + ordered;
    }

    /** What a value in [-1, 1] is multiplied with, before {@link #offset} is added, to be the network's. */
    public double scale(int channel) {
        return range.width() / 2 / std.get(ordered(channel));
    }

    public double offset(int channel) {
        return ((range.low() + range.high()) / 2 - mean.get(ordered(channel))) / std.get(ordered(channel));
    }

    private int ordered(int channel) {
        return channelOrder == ChannelOrder.BGR ? channel : CHANNELS - 1 - channel;
    }

    /** Type, layout, order and range, as people write them. */
    @Override
    public String toString() {
        String standardized = mean.equals(NO_MEAN) && std.equals(NO_STD) ? "" : " mean " + mean + " std " + std;
        return type.code() + " " + layout + " " + channelOrder + " " + range + standardized;
    }
}
