package io.toonlake.averaging;

/** The upper half of a float: its range and 8 bits of its precision, a relative error of 1/256 at most. */
final class BFloat16 {
    private BFloat16() {}

    /** Rounded to the nearest, to even between two. */
    static short of(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    static float value(short half) {
        return Float.intBitsToFloat(half << 16);
    }
}
