package io.toonlake.image;

import static io.toonlake.image.RefusalReason.CORRUPT;
import static io.toonlake.image.RefusalReason.TRUNCATED;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A whole file as numbers at positions; reading past its end is a refusal that says where the data ends. */
final class FileBytes {

    private final byte[] data;
    private final ByteBuffer buffer;

    FileBytes(byte[] data, ByteOrder order) {
        this.data = data;
        this.buffer = ByteBuffer.wrap(data).order(order);
    }

    byte[] data() {
        return data;
    }

    int length() {
        return data.length;
    }

    /** Asks for {@code count} bytes from {@code at}; where they are missing, more than the file's end is known to be. */
    void require(long at, long count) throws ImageRefusedException {
        if (at < 0 || count < 0) {
            throw corrupt("a position of " + at + " with length " + count);
        }
        if (at + count > data.length) {
            throw truncated("data ends at byte " + data.length + " of at least " + (at + count));
        }
    }

    int u8(long at) throws ImageRefusedException {
        require(at, 1);
        return data[(int) at] & 0xFF;
    }

    int u16(long at) throws ImageRefusedException {
        require(at, 2);
        return buffer.getShort((int) at) & 0xFFFF;
    }

    long u32(long at) throws ImageRefusedException {
        require(at, 4);
        return buffer.getInt((int) at) & 0xFFFFFFFFL;
    }

    int s32(long at) throws ImageRefusedException {
        require(at, 4);
        return buffer.getInt((int) at);
    }

    /** {@code count} bytes as Latin letters. */
    String text(long at, int count) throws ImageRefusedException {
        require(at, count);
        return new String(data, (int) at, count, StandardCharsets.ISO_8859_1);
    }

    byte[] copy(long at, long count) throws ImageRefusedException {
        require(at, count);
        return Arrays.copyOfRange(data, (int) at, (int) (at + count));
    }

    static ImageRefusedException corrupt(String message) {
        return new ImageRefusedException(CORRUPT, message);
    }

    static ImageRefusedException truncated(String message) {
        return new ImageRefusedException(TRUNCATED, message);
    }
}
