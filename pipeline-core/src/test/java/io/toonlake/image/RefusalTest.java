package io.toonlake.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.toonlake.testing.ImageFiles;
import io.toonlake.testing.RawBytes;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RefusalTest {

    private static final DecodeLimits LIMITS = new DecodeLimits(1_000_000, 1_000_000, 16);
    private static final PixelImage PICTURE = ImageFiles.picture(1, 64, 48);
    private static final byte[] JPEG_START = RawBytes.of(0xFF, 0xD8);

    private static void assertRefused(byte[] file, RefusalReason reason, String message) {
        ImageRefusedException refusal =
                catchThrowableOfType(ImageRefusedException.class, () -> new ImageDecoder(LIMITS).decode(file));
        assertThat(refusal).as("refusal").isNotNull();
        assertThat(refusal.getMessage()).contains(message);
        assertThat(refusal.reason()).isEqualTo(reason);
    }

    @Test
    void emptyFile() {
        assertRefused(new byte[0], RefusalReason.EMPTY, "the file has no bytes");
    }

    @Test
    void text() {
        assertRefused(
                RawBytes.latin("Hello"), RefusalReason.NOT_AN_IMAGE, "no picture begins with the bytes 48 65 6C 6C 6F");
        assertRefused(RawBytes.latin("BM is a company of long"), RefusalReason.NOT_AN_IMAGE, "42 4D 20");
    }

    @Test
    void foreignFormatIsNamed() {
        assertRefused(RawBytes.latin("GIF89a......"), RefusalReason.UNSUPPORTED_FORMAT, "GIF is not read");
        byte[] avif = RawBytes.join(new byte[4], RawBytes.latin("ftypavif"));
        assertRefused(avif, RefusalReason.UNSUPPORTED_FORMAT, "AVIF is not read");
    }

    @Test
    void tooManyBytes() {
        assertRefused(
                Arrays.copyOf(ImageFiles.jpeg(PICTURE), 1_000_001),
                RefusalReason.TOO_MANY_BYTES,
                "the file has 1000001 bytes, more than the allowed 1000000");
    }

    @Test
    void tooSmall() {
        assertRefused(
                ImageFiles.png(ImageFiles.picture(1, 40, 15)),
                RefusalReason.TOO_SMALL,
                "the picture is 40x15, and its shorter side must have at least 16 pixels");
    }

    @Test
    void hugeHeaderIsRefusedWithoutDecoding() {
        String message = "the header states 60000x60000, more than the allowed 1000000 pixels";
        RefusalReason reason = RefusalReason.TOO_MANY_PIXELS;
        assertRefused(RawBytes.join(JPEG_START, RawBytes.jpegFrame(60_000, 60_000)), reason, message);
        assertRefused(RawBytes.png(RawBytes.pngHeader(60_000, 60_000, 8, 2, 0)), reason, message);
        assertRefused(RawBytes.webp(RawBytes.webpCanvas(0, 60_000, 60_000)), reason, message);
        assertRefused(RawBytes.bmp(60_000, 60_000, 24, new byte[9]), reason, message);
        assertRefused(RawBytes.tiff(tags(60_000, 60_000, 2, 8), new byte[9]), reason, message);
    }

    private static Map<Integer, int[]> tags(int width, int height, int photometric, int bits) {
        return Map.of(
                256, new int[] {width},
                257, new int[] {height},
                258, new int[] {bits, bits, bits},
                262, new int[] {photometric},
                277, new int[] {3});
    }

    @Test
    void webpWhoseCanvasLiesAboutItsFrame() {
        byte[] plain = ImageFiles.webp(PICTURE);
        byte[] chunk = Arrays.copyOfRange(plain, 12, plain.length);
        assertRefused(
                RawBytes.webp(RawBytes.webpCanvas(0, 40, 40), chunk),
                RefusalReason.CORRUPT,
                "the header states 40x40, the picture 64x48");
    }

    @Test
    void truncatedJpegTellsWhere() {
        byte[] jpeg = ImageFiles.jpeg(PICTURE);
        assertRefused(
                Arrays.copyOf(jpeg, 700),
                RefusalReason.TRUNCATED,
                "data ends at byte 700 without an end-of-image marker");
    }

    @Test
    void truncatedBitmapTellsHowMuchIsMissing() {
        byte[] bmp = ImageFiles.bmp(PICTURE);
        assertRefused(
                Arrays.copyOf(bmp, 1204), RefusalReason.TRUNCATED, "data ends at byte 1204 of " + (54 + 64 * 48 * 3));
    }

    @Test
    void jpegCutAndClosedAgain() {
        byte[] jpeg = ImageFiles.plainJpeg(PICTURE);
        byte[] closed = RawBytes.join(Arrays.copyOf(jpeg, jpeg.length * 2 / 3), RawBytes.of(0xFF, 0xD9));
        assertRefused(closed, RefusalReason.CORRUPT, "damaged image data (premature end of data segment)");
    }

    @Test
    void jpegWithZeroedMiddle() {
        byte[] jpeg = ImageFiles.plainJpeg(ImageFiles.picture(2, 200, 200));
        Arrays.fill(jpeg, jpeg.length / 2, jpeg.length / 2 + 2000, (byte) 0);
        assertRefused(jpeg, RefusalReason.CORRUPT, "damaged image data");
    }

    @Test
    void jpegWithTwoFrames() {
        byte[] jpeg = RawBytes.intoJpeg(ImageFiles.jpeg(PICTURE), RawBytes.jpegFrame(64, 48));
        assertRefused(jpeg, RefusalReason.CORRUPT, "a second frame header");
    }

    @Test
    void fewStrayBytesBeforeTheEndPass() throws ImageRefusedException {
        byte[] jpeg = ImageFiles.plainJpeg(PICTURE);
        byte[] body = Arrays.copyOf(jpeg, jpeg.length - 2);
        byte[] stray = RawBytes.join(body, new byte[] {1, 2, 3}, RawBytes.of(0xFF, 0xD9));
        ImageDecoder decoder = new ImageDecoder(LIMITS);
        assertThat(decoder.decode(stray).image()).isEqualTo(decoder.decode(jpeg).image());
        byte[] many = RawBytes.join(body, new byte[500], RawBytes.of(0xFF, 0xD9));
        assertRefused(many, RefusalReason.CORRUPT, "extraneous bytes before marker 0xd9");
    }

    @Test
    void oddMetadataPasses() throws ImageRefusedException {
        byte[] jpeg = ImageFiles.plainJpeg(PICTURE);
        byte[] odd = RawBytes.intoJpeg(
                jpeg,
                RawBytes.jpegSegment(0xE0, RawBytes.latin("JFIF\0\7\7")),
                RawBytes.jpegSegment(0xE1, RawBytes.latin("Exif\0\0MM broken")),
                RawBytes.jpegSegment(0xE2, RawBytes.latin("ICC_PROFILE\0\2\5 a piece of one")));
        DecodedImage decoded = new ImageDecoder(LIMITS).decode(odd);
        assertThat(decoded.image())
                .isEqualTo(new ImageDecoder(LIMITS).decode(jpeg).image());
        assertThat(decoded.profile()).isEqualTo("ignored");
    }

    @Test
    void pngWithWrongChecksum() {
        byte[] png = ImageFiles.png(PICTURE);
        png[png.length / 2] ^= 4;
        assertRefused(png, RefusalReason.CORRUPT, "wrong checksum of chunk IDAT");
    }

    @Test
    void pngOfTooFewRows() {
        byte[] half = RawBytes.png(
                RawBytes.pngHeader(48, 48, 8, 2, 0),
                RawBytes.pngChunk("IDAT", RawBytes.deflate(new byte[24 * 145])),
                RawBytes.pngChunk("IEND", new byte[0]));
        assertRefused(half, RefusalReason.TRUNCATED, "image data ends after 3480 of 6960 bytes");
    }

    @Test
    void pngThatInflatesWithoutEnd() {
        byte[] bomb = RawBytes.png(
                RawBytes.pngHeader(48, 48, 8, 2, 0),
                RawBytes.pngChunk("IDAT", RawBytes.deflate(new byte[100_000_000])),
                RawBytes.pngChunk("IEND", new byte[0]));
        assertRefused(bomb, RefusalReason.CORRUPT, "image data goes on after the last row");
    }

    @Test
    void profileThatInflatesWithoutEndIsIgnored() throws ImageRefusedException {
        byte[] bomb = RawBytes.join(RawBytes.latin("p\0\0"), RawBytes.deflate(new byte[100_000_000]));
        byte[] png = RawBytes.intoPng(ImageFiles.png(PICTURE), RawBytes.pngChunk("iCCP", bomb));
        assertThat(new ImageDecoder(LIMITS).decode(png).profile()).isEqualTo("ignored");
    }

    @Test
    void animations() {
        byte[] apng = RawBytes.intoPng(ImageFiles.png(PICTURE), RawBytes.pngChunk("acTL", new byte[8]));
        assertRefused(apng, RefusalReason.ANIMATED, "an animated PNG");
        assertRefused(RawBytes.webp(RawBytes.webpCanvas(2, 64, 64)), RefusalReason.ANIMATED, "an animated WebP");
    }

    @Test
    void unsupportedColours() {
        assertRefused(
                RawBytes.tiff(tags(32, 32, 8, 8), new byte[3072]),
                RefusalReason.UNSUPPORTED_COLOUR,
                "photometric interpretation 8 of 3 bands of 8 bits");
        assertRefused(
                RawBytes.tiff(tags(32, 32, 2, 32), new byte[12_288]), RefusalReason.UNSUPPORTED_COLOUR, "of 32 bits");
    }
}
