package io.toonlake.averaging;

import io.toonlake.config.TrainSection.Transfer;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/**
 * Floats as they travel: their bytes, little-endian, all four of each or the upper two ({@link BFloat16}). Serialization copies bytes as
 * they are, and turns arrays of floats over one by one, which for a state takes a tenth of a second each time. A class for
 * {@link Shard}'s reason.
 */
final class PackedFloats implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final int LINE = 4096;

    private final Transfer format;
    private final byte[] bytes;

    /** Zeros. */
    PackedFloats(Transfer format, int length) {
        this.format = format;
        this.bytes = new byte[Math.multiplyExact(length, bytesEach())];
    }

    /** Those from {@code from} to before {@code to}, all of their bytes. */
    static PackedFloats of(float[] values, int from, int to) {
        PackedFloats packed = new PackedFloats(Transfer.FLOAT32, to - from);
        packed.put(0, values, from, to - from);
        return packed;
    }

    /** {@code after} less {@code before} from {@code from} to before {@code to}, in halves. */
    static PackedFloats differences(FloatBuffer before, float[] after, int from, int to) {
        PackedFloats packed = new PackedFloats(Transfer.BFLOAT16, to - from);
        ShortBuffer halves = packed.halves();
        for (int i = from; i < to; i++) {
            halves.put(i - from, BFloat16.of(after[i] - before.get(i)));
        }
        return packed;
    }

    Transfer format() {
        return format;
    }

    int length() {
        return bytes.length / bytesEach();
    }

    private int bytesEach() {
        return format == Transfer.FLOAT32 ? Float.BYTES : Short.BYTES;
    }

    /** Puts {@code count} values from {@code from} on in the places from {@code at} on. */
    void put(int at, float[] values, int from, int count) {
        if (format == Transfer.FLOAT32) {
            floats().put(at, values, from, count);
            return;
        }
        ShortBuffer halves = halves();
        for (int i = 0; i < count; i++) {
            halves.put(at + i, BFloat16.of(values[from + i]));
        }
    }

    /** Puts the bytes of another, packed alike, in the places from {@code at} on. */
    void put(int at, PackedFloats part) {
        System.arraycopy(part.bytes, 0, bytes, at * bytesEach(), part.bytes.length);
    }

    /** Adds each value to those from {@code at} on. */
    void addTo(float[] values, int at) {
        float[] line = new float[LINE];
        for (int from = 0; from < length(); from += LINE) {
            int count = Math.min(LINE, length() - from);
            get(from, line, 0, count);
            for (int i = 0; i < count; i++) {
                values[at + from + i] += line[i];
            }
        }
    }

    /** Gets {@code count} values from {@code at} on. */
    void get(int at, float[] into, int from, int count) {
        if (format == Transfer.FLOAT32) {
            floats().get(at, into, from, count);
            return;
        }
        ShortBuffer halves = halves();
        for (int i = 0; i < count; i++) {
            into[from + i] = BFloat16.value(halves.get(at + i));
        }
    }

    /**
     * The values themselves, without a copy.
     *
     * @throws IllegalStateException if they are halves
     */
    FloatBuffer view() {
        if (format != Transfer.FLOAT32) {
            throw new IllegalStateException("no view of " + format);
        }
        return floats().asReadOnlyBuffer();
    }

    private FloatBuffer floats() {
        return little().asFloatBuffer();
    }

    private ShortBuffer halves() {
        return little().asShortBuffer();
    }

    private ByteBuffer little() {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
