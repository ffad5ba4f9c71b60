package io.toonlake.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.toonlake.testing.ImageFiles;
import io.toonlake.testing.RawBytes;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files cut at every place that matters: their first 200 bytes, their last 40, and 120 places between. */
class TruncationTest {

    private static final ImageDecoder DECODER = new ImageDecoder(new DecodeLimits(1_000_000, 1_000_000, 1));

    static Stream<Arguments> files() {
        PixelImage picture = ImageFiles.picture(3, 90, 70);
        PixelImage translucent = ImageFiles.translucent(4, 90, 70);
        Map<String, byte[]> files = new TreeMap<>();
        files.put("baseline JPEG", ImageFiles.plainJpeg(picture));
        files.put("JPEG with restarts", ImageFiles.jpeg(picture));
        files.put("JPEG with EXIF", RawBytes.intoJpeg(ImageFiles.plainJpeg(picture), exifSegment()));
        files.put("progressive JPEG", ImageFiles.progressiveJpeg(picture));
        files.put("PNG", ImageFiles.png(picture));
        files.put("interlaced PNG", ImageFiles.interlacedPng(picture));
        files.put("PNG with alpha", ImageFiles.png(translucent));
        files.put("lossy WebP", ImageFiles.webp(picture));
        files.put("lossless WebP", ImageFiles.losslessWebp(picture));
        files.put("lossy WebP with alpha", ImageFiles.webp(translucent));
        files.put("lossless WebP with alpha", ImageFiles.losslessWebp(translucent));
        files.put("BMP 24", ImageFiles.bmp(picture));
        files.put("BMP 32", ImageFiles.bmp(translucent));
        files.put("TIFF plain", ImageFiles.tiff(picture, null));
        files.put("TIFF LZW", ImageFiles.tiff(picture, "LZW"));
        files.put("TIFF Deflate", ImageFiles.tiff(picture, "Deflate"));
        files.put("TIFF PackBits", ImageFiles.tiff(picture, "PackBits"));
        files.put("TIFF of OpenCV", ImageFiles.openCv(picture, ".tiff"));
        return files.entrySet().stream().map(file -> Arguments.of(file.getKey(), file.getValue()));
    }

    private static byte[] exifSegment() {
        return RawBytes.jpegSegment(0xE1, RawBytes.join(RawBytes.latin("Exif\0\0"), RawBytes.exif(6)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void isRefusedWhereverItIsCut(String name, byte[] whole) throws ImageRefusedException {
        assertThat(DECODER.decode(whole).image().width()).isIn(90, 70);
        for (int length : cuts(whole.length)) {
            try {
                DECODER.decode(Arrays.copyOf(whole, length));
            } catch (ImageRefusedException e) {
                if (length >= 16) {
                    assertThat(e.reason())
                            .as("cut to %d: %s", length, e.getMessage())
                            .isEqualTo(RefusalReason.TRUNCATED);
                }
                continue;
            }
            throw new AssertionError(name + " of " + whole.length + " bytes, cut to " + length + ", was taken");
        }
    }

    private static Iterable<Integer> cuts(int length) {
        TreeSet<Integer> cuts = new TreeSet<>();
        for (int i = 0; i < 200; i++) {
            cuts.add(Math.min(i, length - 1));
        }
        for (int i = 1; i <= 40; i++) {
            cuts.add(length - i);
        }
        for (int i = 1; i <= 120; i++) {
            cuts.add((int) ((long) length * i / 121));
        }
        return cuts;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void isTakenWithAnythingAfterItsEnd(String name, byte[] whole) {
        byte[] longer = RawBytes.join(whole, RawBytes.of(0, 0xFF, 0xD8, 1, 2, 3));
        assertThatCode(() -> DECODER.decode(longer)).as(name).doesNotThrowAnyException();
    }
}
