package io.toonlake.image;

import static io.toonlake.image.FileBytes.corrupt;
import static io.toonlake.image.FileBytes.truncated;
import static io.toonlake.image.RefusalReason.UNSUPPORTED_FORMAT;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import javax.imageio.ImageReader;

/** A Windows or OS/2 bitmap whose rows, or run lengths, are all there; decoded by the JDK's reader. */
final class BmpFile implements PictureFile {

    private static final int FILE_HEADER = 14;
    private static final int CORE_HEADER = 12;
    private static final int INFO_HEADER = 40;
    private static final int V4_HEADER = 108;
    private static final int RGB = 0;
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int BITFIELDS = 3;
    private static final int SRGB = 0x73524742;

    private final FileBytes file;
    private final long offset;
    private final int header;
    private final int width;
    private final int height;
    private final int bits;
    private final int compression;
    private final long dataBytes;
    private boolean hasAlpha;

    /** Whether the bytes a bitmap reserves are zero; its two letters alone are too common. */
    static boolean startsLikeOne(byte[] head) {
        return head.length >= 10 && (head[6] | head[7] | head[8] | head[9]) == 0;
    }

    BmpFile(byte[] data, DecodeLimits limits) throws ImageRefusedException {
        file = new FileBytes(data, ByteOrder.LITTLE_ENDIAN);
        offset = file.u32(10);
        long stated = file.u32(FILE_HEADER);
        if (stated != CORE_HEADER && (stated < INFO_HEADER || stated > 124)) {
            throw corrupt("a header of " + stated + " bytes");
        }
        header = (int) stated;
        boolean core = header == CORE_HEADER;
        long statedWidth = core ? file.u16(18) : file.s32(18);
        long statedHeight = core ? file.u16(20) : Math.abs((long) file.s32(22));
        limits.checkSize(statedWidth, statedHeight);
        file.require(0, FILE_HEADER + stated);
        width = (int) statedWidth;
        height = (int) statedHeight;
        bits = file.u16(core ? 24 : 28);
        compression = core ? RGB : file.s32(30);
        checkKind();
        checkPalette(core);
        dataBytes = compression == RLE8 || compression == RLE4 ? runLengthBytes() : rowBytes();
    }

    private void checkKind() throws ImageRefusedException {
        boolean known = switch (compression) {
            case RGB -> bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
            case RLE8 -> bits == 8;
            case RLE4 -> bits == 4;
            case BITFIELDS -> bits == 16 || bits == 32;
            default ->
                throw new ImageRefusedException(
                        UNSUPPORTED_FORMAT, "BMP of compression " + compression + " is not read");
        };
        if (!known) {
            throw corrupt(bits + " bits a pixel with compression " + compression);
        }
    }

    private void checkPalette(boolean core) throws ImageRefusedException {
        long colours = core || bits > 8 ? 0 : file.u32(46);
        long most = bits <= 8 ? 1L << bits : 0;
        if (colours > most) {
            throw corrupt("a palette of " + colours + " colours for " + bits + " bits a pixel");
        }
        long entries = bits <= 8 && colours == 0 ? most : colours;
        long masks = compression == BITFIELDS && header == INFO_HEADER ? 12 : 0;
        // OS/2 files may cut their palette short, so that the pixels' offset is what counts there.
        long least = FILE_HEADER + header + masks + (core ? 0 : 4 * entries);
        if (offset < least) {
            throw corrupt("pixels at byte " + offset + ", within the headers, which end at byte " + least);
        }
    }

    private long rowBytes() throws ImageRefusedException {
        long bytes = ((long) width * bits + 31) / 32 * 4 * height;
        if (offset + bytes > file.length()) {
            throw truncated("data ends at byte " + file.length() + " of " + (offset + bytes));
        }
        return bytes;
    }

    /** Follows the run lengths to their end mark. */
    private long runLengthBytes() throws ImageRefusedException {
        long at = offset;
        while (true) {
            int run = file.u8(at);
            int value = file.u8(at + 1);
            at += 2;
            if (run == 0 && value == 1) {
                return at - offset;
            }
            if (run == 0 && value == 2) {
                at += 2;
            } else if (run == 0 && value > 2) {
                int bytes = compression == RLE8 ? value : (value + 1) / 2;
                at += bytes + (bytes & 1);
            }
        }
    }

    @Override
    public int orientation() {
        return 1;
    }

    @Override
    public Optional<byte[]> profile() {
        return Optional.empty(); // viewers take bitmaps as sRGB, whatever a version 5 header holds
    }

    @Override
    public int bitDepth() {
        return bits <= 8 ? bits : bits == 16 ? 5 : 8;
    }

    @Override
    public String colour() {
        return bits <= 8 ? "palette" : hasAlpha ? "rgb-alpha" : "rgb";
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public Samples decode() throws ImageRefusedException {
        ImageReader reader = JdkReader.BMP.create();
        try (ByteArrayImageInputStream input = new ByteArrayImageInputStream(plain())) {
            reader.setInput(input, true, true);
            BufferedImage image = reader.read(0);
            hasAlpha = bits == 32 && image.getColorModel().hasAlpha();
            return JavaPixels.samples(image, hasAlpha);
        } catch (IOException e) {
            throw new ImageRefusedException(RefusalReason.CORRUPT, "damaged image data (" + e.getMessage() + ")", e);
        } finally {
            reader.dispose();
        }
    }

    /** The file with what the reader would believe, and need not, set right: lengths, and colour spaces of its own. */
    private byte[] plain() {
        byte[] data = file.data().clone();
        ByteBuffer numbers = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        numbers.putInt(2, data.length);
        if (header >= INFO_HEADER) {
            numbers.putInt(34, (int) dataBytes);
        }
        if (header >= V4_HEADER) {
            numbers.putInt(FILE_HEADER + 56, SRGB);
        }
        return data;
    }
}
