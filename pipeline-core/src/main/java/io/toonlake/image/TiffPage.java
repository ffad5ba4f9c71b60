package io.toonlake.image;

import static io.toonlake.image.FileBytes.corrupt;
import static io.toonlake.image.RefusalReason.UNSUPPORTED_COLOUR;
import static io.toonlake.image.RefusalReason.UNSUPPORTED_FORMAT;

import io.toonlake.image.Samples.Layout;
import java.awt.image.Raster;
import java.util.Arrays;

/**
 * One page of a TIFF as its tags describe it (TIFF 6.0). Read are grey, palette, RGB and CMYK of unsigned whole numbers, in
 * strips or tiles, plain or compressed by LZW, Deflate or PackBits; the rest is refused by name.
 */
final class TiffPage {

    private static final int STRIP_OFFSETS = 273;
    private static final int STRIP_BYTES = 279;
    private static final int TILE_WIDTH = 322;
    private static final int TILE_HEIGHT = 323;
    private static final int TILE_OFFSETS = 324;
    private static final int TILE_BYTES = 325;

    private static final int PLAIN = 1;
    private static final int LZW = 5;
    private static final int DEFLATE = 8;
    private static final int OLD_DEFLATE = 32946;
    private static final int PACKBITS = 32773;

    private static final int WHITE_IS_ZERO = 0;
    private static final int BLACK_IS_ZERO = 1;
    private static final int RGB = 2;
    private static final int PALETTE = 3;
    private static final int CMYK = 5;

    private static final int PREMULTIPLIED = 1;
    private static final int STRAIGHT = 2;

    private final Ifd ifd;
    private final long width;
    private final long height;
    private final int bits;
    private final int bands;
    private final int photometric;
    private final int compression;
    private final boolean planar;
    private final int alpha;

    TiffPage(Ifd ifd, DecodeLimits limits) throws ImageRefusedException {
        this.ifd = ifd;
        width = ifd.number(256, 0);
        height = ifd.number(257, 0);
        limits.checkSize(width, height);
        long tileWidth = ifd.number(TILE_WIDTH, 1);
        long tileHeight = ifd.number(TILE_HEIGHT, 1);
        if (tileWidth < 1 || tileHeight < 1 || tileWidth > width + 4096 || tileHeight > height + 4096) {
            throw corrupt("tiles of " + tileWidth + "x" + tileHeight + " for a picture of " + width + "x" + height);
        }
        limits.checkTile(tileWidth, tileHeight);
        compression = (int) ifd.number(259, PLAIN);
        photometric = (int) ifd.number(262, -1);
        bands = (int) ifd.number(277, 1);
        planar = ifd.number(284, 1) == 2;
        bits = sameOfAll(258, 1, "bits a sample");
        checkKind();
        alpha = alpha();
    }

    int width() {
        return (int) width;
    }

    int height() {
        return (int) height;
    }

    private int sameOfAll(int tag, int absent, String what) throws ImageRefusedException {
        long[] numbers = ifd.numbers(tag);
        if (Arrays.stream(numbers).distinct().count() > 1) {
            throw unsupported("different " + what + " in one picture");
        }
        return numbers.length == 0 ? absent : (int) numbers[0];
    }

    private void checkKind() throws ImageRefusedException {
        if (compression != PLAIN
                && compression != LZW
                && compression != DEFLATE
                && compression != OLD_DEFLATE
                && compression != PACKBITS) {
            throw new ImageRefusedException(UNSUPPORTED_FORMAT, "TIFF of compression " + compression + " is not read");
        }
        if (ifd.number(266, 1) != 1) {
            throw new ImageRefusedException(UNSUPPORTED_FORMAT, "TIFF of reversed bit order is not read");
        }
        if (sameOfAll(339, 1, "sample formats") != 1) {
            throw unsupported("samples that are not unsigned whole numbers");
        }
        boolean known = switch (photometric) {
            case WHITE_IS_ZERO, BLACK_IS_ZERO ->
                bands <= 2 && (bits == 8 || bits == 16 || bands == 1 && (bits == 1 || bits == 2 || bits == 4));
            case RGB -> (bands == 3 || bands == 4) && (bits == 8 || bits == 16);
            case PALETTE -> bands == 1 && (bits == 1 || bits == 2 || bits == 4 || bits == 8);
            case CMYK -> bands == 4 && (bits == 8 || bits == 16) && ifd.number(332, 1) == 1;
            default -> false;
        };
        if (!known || bands < 1) {
            throw unsupported(
                    "photometric interpretation " + photometric + " of " + bands + " bands of " + bits + " bits");
        }
    }

    private static ImageRefusedException unsupported(String what) {
        return new ImageRefusedException(UNSUPPORTED_COLOUR, what + ": not read as TIFF");
    }

    /** What the band after the colours is; 0 where there is none, or it is not said to be alpha. */
    private int alpha() throws ImageRefusedException {
        boolean extra = bands == 2 || bands == 4 && photometric == RGB;
        int kind = extra ? (int) ifd.number(338, 0) : 0;
        return kind == PREMULTIPLIED || kind == STRAIGHT ? kind : 0;
    }

    int bits() {
        return bits;
    }

    boolean isPalette() {
        return photometric == PALETTE;
    }

    String colour() {
        return switch (photometric) {
            case PALETTE -> "palette";
            case CMYK -> "cmyk";
            case RGB -> alpha == 0 ? "rgb" : "rgb-alpha";
            default -> alpha == 0 ? "grey" : "grey-alpha";
        };
    }

    /** Refuses a page whose strips or tiles are too few, too short, or outside of the file. */
    void checkExtents() throws ImageRefusedException {
        boolean tiled = ifd.entry(TILE_OFFSETS).isPresent();
        long pieceWidth = tiled ? ifd.number(TILE_WIDTH, 0) : width;
        long pieceHeight = tiled ? ifd.number(TILE_HEIGHT, 0) : Math.min(ifd.number(278, height), height);
        if (pieceWidth < 1 || pieceHeight < 1) {
            throw corrupt("pieces of " + pieceWidth + "x" + pieceHeight);
        }
        long across = (width + pieceWidth - 1) / pieceWidth;
        long down = (height + pieceHeight - 1) / pieceHeight;
        long planes = planar ? bands : 1;
        long[] offsets = ifd.numbers(tiled ? TILE_OFFSETS : STRIP_OFFSETS);
        long[] lengths = ifd.numbers(tiled ? TILE_BYTES : STRIP_BYTES);
        long expected = across * down * planes;
        if (offsets.length < expected || lengths.length < expected) {
            throw corrupt("the table lists " + Math.min(offsets.length, lengths.length) + " of " + expected
                    + " strips or tiles");
        }
        checkWithin(ifd);
        if (compression == PLAIN) {
            long rowBytes = (pieceWidth * (planar ? 1 : bands) * bits + 7) / 8;
            for (int i = 0; i < expected; i++) {
                long row = i / across % down;
                long rows = tiled ? pieceHeight : Math.min(pieceHeight, height - row * pieceHeight);
                if (lengths[i] < rowBytes * rows) {
                    throw corrupt("strip or tile " + i + " has " + lengths[i] + " of " + rowBytes * rows + " bytes");
                }
            }
        }
    }

    /** Refuses a page with data outside of the file. */
    static void checkWithin(Ifd ifd) throws ImageRefusedException {
        for (int[] tags : new int[][] {{STRIP_OFFSETS, STRIP_BYTES}, {TILE_OFFSETS, TILE_BYTES}}) {
            long[] offsets = ifd.numbers(tags[0]);
            long[] lengths = ifd.numbers(tags[1]);
            for (int i = 0; i < Math.min(offsets.length, lengths.length); i++) {
                ifd.file().require(offsets[i], lengths[i]);
            }
        }
    }

    /** Orders a raster's bands and scales them to 8 bits. */
    Samples samples(Raster raster) throws ImageRefusedException {
        if (raster.getWidth() != width || raster.getHeight() != height || raster.getNumBands() < (planar ? 1 : bands)) {
            throw corrupt("the decoder gave " + raster.getNumBands() + " bands of " + raster.getWidth() + "x"
                    + raster.getHeight());
        }
        Samples samples = switch (photometric) {
            case RGB -> alpha == 0 ? samples(Layout.BGR, raster, 2, 1, 0) : samples(Layout.BGRA, raster, 2, 1, 0, 3);
            case CMYK -> samples(Layout.CMYK, raster, 0, 1, 2, 3);
            default -> alpha == 0 ? samples(Layout.GREY, raster, 0) : samples(Layout.GREY_ALPHA, raster, 0, 1);
        };
        if (photometric == WHITE_IS_ZERO) {
            invert(samples.data(), samples.layout().bands());
        }
        if (alpha == PREMULTIPLIED) {
            unmultiply(samples.data(), samples.layout().bands());
        }
        return samples;
    }

    private Samples samples(Layout layout, Raster raster, int... order) {
        return new Samples(layout, (int) width, (int) height, JavaPixels.bands(raster, bits, order));
    }

    /** The reader hands out the samples as they are stored. */
    private static void invert(byte[] data, int bands) {
        for (int i = 0; i < data.length; i += bands) {
            data[i] = (byte) ~data[i];
        }
    }

    private static void unmultiply(byte[] data, int bands) {
        for (int i = 0; i < data.length; i += bands) {
            int a = data[i + bands - 1] & 0xFF;
            for (int c = 0; c < bands - 1; c++) {
                int colour = data[i + c] & 0xFF;
                data[i + c] = (byte) (a == 0 ? 0 : Math.min(255, (colour * 255 + a / 2) / a));
            }
        }
    }
}
