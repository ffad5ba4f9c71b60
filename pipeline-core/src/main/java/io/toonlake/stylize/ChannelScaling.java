package io.toonlake.stylize;

/**
 * A normalization whose statistics are known: y = factor · x + offset, channel by channel.
 *
 * @param factors [C]
 * @param offsets [C]
 */
record ChannelScaling(double[] factors, double[] offsets) {}
