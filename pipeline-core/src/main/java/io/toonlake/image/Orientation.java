package io.toonlake.image;

import static io.toonlake.image.FileBytes.corrupt;

import java.nio.ByteOrder;
import java.util.Arrays;

/** EXIF orientation: found in an EXIF block, applied to a picture (EXIF 2.3, tag 0x0112). */
public final class Orientation {

    static final int TAG = 0x0112;

    private Orientation() {}

    /**
     * The orientation an EXIF block states, 1 to 8. Metadata never costs a picture: a block that cannot be read, like one
     * without the tag or with a number outside 1 to 8, leaves the picture as it is.
     *
     * @param block a TIFF header and what follows, with or without the {@code Exif} letters before it
     */
    static int of(byte[] block) {
        try {
            byte[] tiff = new FileBytes(block, ByteOrder.BIG_ENDIAN).text(0, 6).equals("Exif\0\0")
                    ? Arrays.copyOfRange(block, 6, block.length)
                    : block;
            FileBytes file = Ifd.open(tiff);
            int order = file.u16(0);
            if (order != 0x4949 && order != 0x4D4D || file.u16(2) != 42) {
                throw corrupt("no TIFF header");
            }
            return first(file, file.u32(4));
        } catch (ImageRefusedException unreadable) {
            return 1;
        }
    }

    /** One tag of the first table, without asking that the others be whole. */
    private static int first(FileBytes file, long table) throws ImageRefusedException {
        int count = file.u16(table);
        for (int i = 0; i < count; i++) {
            long entry = table + 2 + 12L * i;
            if (file.u16(entry) == TAG) {
                int stated = file.u16(entry + 2) == 3 ? file.u16(entry + 8) : 1;
                return stated >= 1 && stated <= 8 ? stated : 1;
            }
        }
        return 1;
    }

    /** Turns a picture stored with {@code orientation}, EXIF's 1 to 8, upright. */
    public static PixelImage apply(int orientation, PixelImage stored) {
        if (orientation == 1) {
            return stored;
        }
        int width = stored.width();
        int height = stored.height();
        // Where the first pixel of the upright picture lies in the stored one, and the steps from there along
        // the upright picture's rows (right) and columns (down).
        boolean swapsSides = orientation >= 5;
        boolean fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        boolean fromBottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        int start = (fromBottom ? height - 1 : 0) * width + (fromRight ? width - 1 : 0);
        int alongRow = fromRight ? -1 : 1;
        int alongColumn = fromBottom ? -width : width;
        int right = swapsSides ? alongColumn : alongRow;
        int down = swapsSides ? alongRow : alongColumn;
        return copy(stored, swapsSides ? height : width, swapsSides ? width : height, start, right, down);
    }

    private static PixelImage copy(PixelImage stored, int width, int height, int start, int right, int down) {
        int channels = stored.channels();
        byte[] from = stored.pixels();
        byte[] to = new byte[from.length];
        int at = 0;
        for (int y = 0; y < height; y++) {
            int pixel = start + y * down;
            for (int x = 0; x < width; x++, pixel += right) {
                for (int c = 0; c < channels; c++) {
                    to[at++] = from[pixel * channels + c];
                }
            }
        }
        return stored.hasAlpha() ? PixelImage.bgra(width, height, to) : PixelImage.bgr(width, height, to);
    }
}
