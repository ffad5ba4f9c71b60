package io.toonlake.model;

import java.util.Arrays;

/**
 * Between what values each channel of an activation was seen to lie.
 *
 * @param least [channels]; shared with the caller and immutable by convention
 * @param most [channels], nowhere below {@code least}
 */
public record ChannelRanges(float[] least, float[] most) {
    public ChannelRanges {
        if (least.length == 0 || least.length != most.length) {
            throw new IllegalArgumentException("Invalid ranges: %d least and %d most values (must be as many, and >= 1)"
                    .formatted(least.length, most.length));
        }
        for (int c = 0; c < least.length; c++) {
            if (!Float.isFinite(least[c]) || !Float.isFinite(most[c]) || least[c] > most[c]) {
                throw new IllegalArgumentException("Invalid range of channel %d: %s to %s (must be finite and ascend)"
                        .formatted(c, least[c], most[c]));
            }
        }
    }

    /** The least ranges that hold both. */
    public ChannelRanges with(ChannelRanges other) {
        float[] lower = least.clone();
        float[] upper = most.clone();
        for (int c = 0; c < lower.length; c++) {
            lower[c] = Math.min(lower[c], other.least[c]);
            upper[c] = Math.max(upper[c], other.most[c]);
        }
        return new ChannelRanges(lower, upper);
    }

    /**
     * These ranges a little wider, to 8 significant bits: so that the last bits, in which processors differ, do not make another calibration
     * of the same photos.
     */
    public ChannelRanges rounded() {
        float[] lower = least.clone();
        float[] upper = most.clone();
        for (int c = 0; c < lower.length; c++) {
            lower[c] = -upwards(-lower[c]);
            upper[c] = upwards(upper[c]);
        }
        return new ChannelRanges(lower, upper);
    }

    private static float upwards(float value) {
        int bits = Float.floatToIntBits(value);
        int cut = bits & 0xFFFF0000;
        return Float.intBitsToFloat(value > 0 && cut != bits ? cut + 0x10000 : cut);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChannelRanges r && Arrays.equals(least, r.least) && Arrays.equals(most, r.most);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(least) + Arrays.hashCode(most);
    }

    @Override
    public String toString() {
        return "ChannelRanges[" + least.length + "]";
    }
}
