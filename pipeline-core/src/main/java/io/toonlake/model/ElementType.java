package io.toonlake.model;

import java.nio.ByteBuffer;
import java.util.function.IntFunction;

/** Numbers as files store them, all read as single precision. */
enum ElementType {
    F16(2),
    BF16(2),
    F32(4),
    F64(8);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    int bytes() {
        return bytes;
    }

    /** Reads {@code count} numbers from the start of {@code data}, in its byte order. */
    float[] read(ByteBuffer data, int count) {
        float[] values = new float[count];
        switch (this) {
            case F16 -> fill(values, i -> halfToFloat(data.getShort(2 * i)));
            case BF16 -> fill(values, i -> Float.intBitsToFloat(data.getShort(2 * i) << 16));
            case F32 -> data.duplicate().order(data.order()).asFloatBuffer().get(values);
            case F64 -> fill(values, i -> (float) data.getDouble(8 * i));
        }
        return values;
    }

    private static void fill(float[] values, IntFunction<Float> at) {
        for (int i = 0; i < values.length; i++) {
            values[i] = at.apply(i);
        }
    }

    /** IEEE 754 binary16, exactly; subnormal numbers, infinities and NaN included. */
    static float halfToFloat(short half) {
        int exponent = half >> 10 & 0x1f;
        int fraction = half & 0x3ff;
        float magnitude = switch (exponent) {
            case 0 -> fraction * 0x1p-24f;
            case 31 -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
            default -> Float.intBitsToFloat(exponent + 112 << 23 | fraction << 13);
        };
        return half < 0 ? -magnitude : magnitude;
    }
}
