package io.toonlake.image;

import static io.toonlake.image.FileBytes.corrupt;
import static io.toonlake.image.RefusalReason.UNSUPPORTED_COLOUR;
import static io.toonlake.image.RefusalReason.UNSUPPORTED_FORMAT;

import java.util.Arrays;

/** A JPEG's frame header: size, components, and which of them have been scanned (ITU-T T.81, B.2.2). */
final class JpegFrame {

    private final int width;
    private final int height;
    private final boolean progressive;
    private final int[] ids;
    private final boolean[] scanned;

    private JpegFrame(int width, int height, boolean progressive, int[] ids) {
        this.width = width;
        this.height = height;
        this.progressive = progressive;
        this.ids = ids;
        this.scanned = new boolean[ids.length];
    }

    static JpegFrame read(FileBytes file, int code, int at, int length, DecodeLimits limits)
            throws ImageRefusedException {
        if (length < 8) {
            throw corrupt("a frame header of length " + length + " at byte " + at);
        }
        int height = file.u16(at + 3);
        int width = file.u16(at + 5);
        limits.checkSize(width, height);
        String kind = switch (code) {
            case 0xC0, 0xC1, 0xC2 -> null;
            case 0xC3 -> "lossless";
            case 0xC9, 0xCA, 0xCB, 0xCC -> "arithmetically coded";
            default -> "hierarchical";
        };
        if (kind != null) {
            throw new ImageRefusedException(UNSUPPORTED_FORMAT, kind + " JPEG is not read");
        }
        int precision = file.u8(at + 2);
        int components = file.u8(at + 7);
        if (precision != 8) {
            throw new ImageRefusedException(UNSUPPORTED_COLOUR, "JPEG of " + precision + " bits a sample is not read");
        }
        if (components != 1 && components != 3 && components != 4) {
            throw new ImageRefusedException(UNSUPPORTED_COLOUR, "JPEG of " + components + " components is not read");
        }
        if (length != 8 + 3 * components) {
            throw corrupt("a frame header of length " + length + " for " + components + " components");
        }
        int[] ids = new int[components];
        for (int i = 0; i < components; i++) {
            ids[i] = file.u8(at + 8 + 3L * i);
        }
        return new JpegFrame(width, height, code == 0xC2, ids);
    }

    /**
     * A scan's header for the decoder. In sequential JPEG its last three bytes have one right value; encoders that write
     * others are only warned of, and libjpeg tells only the first warning of a picture: kept, it would hide damage.
     */
    byte[] scanHeader(FileBytes file, int at, int length) throws ImageRefusedException {
        int count = file.u8(at + 2);
        if (count < 1 || count > 4 || length != 6 + 2 * count) {
            throw corrupt("a scan header of length " + length + " at byte " + at);
        }
        boolean startsBlocks = !progressive || file.u8(at + 3 + 2L * count) == 0;
        for (int i = 0; i < count; i++) {
            mark(file.u8(at + 3 + 2L * i), startsBlocks);
        }
        byte[] header = new byte[2 + length];
        header[0] = (byte) 0xFF;
        header[1] = (byte) 0xDA;
        System.arraycopy(file.data(), at, header, 2, length);
        if (!progressive) {
            header[length - 1] = 0;
            header[length] = 63;
            header[length + 1] = 0;
        }
        return header;
    }

    private void mark(int id, boolean startsBlocks) throws ImageRefusedException {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == id) {
                scanned[i] |= startsBlocks;
                return;
            }
        }
        throw corrupt("image data for component " + id + ", which the frame header lacks");
    }

    /** Refuses a picture that ends before each component had its scan: cut between scans and closed again. */
    void checkScanned() throws ImageRefusedException {
        for (int i = 0; i < ids.length; i++) {
            if (!scanned[i]) {
                throw corrupt("no image data for component " + ids[i]);
            }
        }
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    int components() {
        return ids.length;
    }

    boolean namesRgb() {
        return Arrays.equals(ids, new int[] {'R', 'G', 'B'});
    }
}
