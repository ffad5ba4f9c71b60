package io.toonlake.image;

import static io.toonlake.image.FileBytes.corrupt;

import java.util.Arrays;

/** A PNG's header chunk. */
record PngHeader(int width, int height, int bits, int colourType, boolean interlaced) {

    private static final int GREY = 0;
    private static final int RGB = 2;
    private static final int INDEXED = 3;
    private static final int GREY_ALPHA = 4;
    private static final int RGB_ALPHA = 6;

    /** The seven passes of Adam7: first column, first row, steps between columns and rows. */
    private static final int[][] PASSES = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

    static PngHeader read(FileBytes file, long at, DecodeLimits limits) throws ImageRefusedException {
        long width = file.u32(at);
        long height = file.u32(at + 4);
        limits.checkSize(width, height);
        int bits = file.u8(at + 8);
        int colourType = file.u8(at + 9);
        boolean allowed = switch (colourType) {
            case GREY -> bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16;
            case INDEXED -> bits == 1 || bits == 2 || bits == 4 || bits == 8;
            case RGB, GREY_ALPHA, RGB_ALPHA -> bits == 8 || bits == 16;
            default -> false;
        };
        if (!allowed) {
            throw corrupt("colour type " + colourType + " with " + bits + " bits a sample");
        }
        if (file.u8(at + 10) != 0 || file.u8(at + 11) != 0 || file.u8(at + 12) > 1) {
            throw corrupt("unknown compression, filter or interlace method");
        }
        return new PngHeader((int) width, (int) height, bits, colourType, file.u8(at + 12) == 1);
    }

    boolean isIndexed() {
        return colourType == INDEXED;
    }

    boolean isGrey() {
        return colourType == GREY || colourType == GREY_ALPHA;
    }

    boolean storesAlpha() {
        return colourType == GREY_ALPHA || colourType == RGB_ALPHA;
    }

    /** Whether a transparency chunk of this length belongs to such a picture. */
    boolean allowsTransparency(int length) {
        return switch (colourType) {
            case GREY -> length == 2;
            case RGB -> length == 6;
            case INDEXED -> length >= 1 && length <= 256;
            default -> false;
        };
    }

    /** The passes as {bytes of a row without its filter byte, rows}; empty passes are left out. */
    long[][] passes() {
        int samples = storesAlpha() ? colourType == RGB_ALPHA ? 4 : 2 : colourType == RGB ? 3 : 1;
        int[][] passes = interlaced ? PASSES : ONE_PASS;
        return Arrays.stream(passes)
                .map(pass -> new long[] {
                    ((long) steps(width, pass[0], pass[2]) * samples * bits + 7) / 8, steps(height, pass[1], pass[3])
                })
                .filter(pass -> pass[0] > 0 && pass[1] > 0)
                .toArray(long[][]::new);
    }

    private static int steps(int size, int first, int step) {
        return size <= first ? 0 : (size - first + step - 1) / step;
    }
}
