package io.toonlake.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.testing.ImageFiles;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImageEncoderTest {

    private static final ImageEncoder ENCODER = new ImageEncoder();
    private static final ImageDecoder DECODER = new ImageDecoder(new DecodeLimits(10_000_000, 10_000_000, 1));
    private static final PixelImage PICTURE = ImageFiles.picture(1, 61, 43);

    @Test
    void pngKeepsEveryPixelAndAlpha() throws ImageRefusedException {
        PixelImage translucent = ImageFiles.translucent(2, 61, 43);
        assertThat(DECODER.decode(ENCODER.encode(PICTURE, ImageFormat.PNG, 90)).image())
                .isEqualTo(PICTURE);
        assertThat(DECODER.decode(ENCODER.encode(translucent, ImageFormat.PNG, 90))
                        .image())
                .isEqualTo(translucent);
    }

    @Test
    void webpKeepsAlphaExactly() throws ImageRefusedException {
        PixelImage translucent = ImageFiles.translucent(2, 61, 43);
        PixelImage decoded = DECODER.decode(ENCODER.encode(translucent, ImageFormat.WEBP, 80))
                .image();
        assertThat(decoded.alpha())
                .hasValueSatisfying(
                        alpha -> assertThat(alpha).isEqualTo(translucent.alpha().orElseThrow()));
    }

    @ParameterizedTest
    @EnumSource(
            value = ImageFormat.class,
            names = {"JPEG", "WEBP"})
    void qualityCostsBytesAndBringsTheTruthNearer(ImageFormat format) throws ImageRefusedException {
        byte[] low = ENCODER.encode(PICTURE, format, 20);
        byte[] high = ENCODER.encode(PICTURE, format, 95);
        assertThat(high.length).isGreaterThan(low.length);
        assertThat(meanDifference(high)).isLessThan(meanDifference(low)).isLessThan(8);
        assertThat(ImageFormat.of(high)).hasValue(format);
    }

    private static double meanDifference(byte[] file) throws ImageRefusedException {
        byte[] decoded = DECODER.decode(file).image().pixels();
        return IntStream.range(0, decoded.length)
                .map(i -> Math.abs((decoded[i] & 0xFF) - (PICTURE.pixels()[i] & 0xFF)))
                .average()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(
            value = ImageFormat.class,
            names = {"JPEG", "PNG", "WEBP"})
    void manyThreadsGiveTheSameBytes(ImageFormat format) throws Exception {
        byte[] once = ENCODER.encode(PICTURE, format, 80);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            var again = IntStream.range(0, 40)
                    .mapToObj(i -> threads.submit(() -> ENCODER.encode(PICTURE, format, 80)))
                    .toList();
            for (var bytes : again) {
                assertThat(bytes.get()).isEqualTo(once);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whatCannotBeWrittenIsRefused() {
        PixelImage translucent = ImageFiles.translucent(2, 4, 4);
        assertThatThrownBy(() -> ENCODER.encode(translucent, ImageFormat.JPEG, 90))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Cannot encode a picture with alpha as JPEG: lay it on a background first");
        assertThatThrownBy(() -> ENCODER.encode(PICTURE, ImageFormat.TIFF, 90))
                .hasMessage("Cannot encode as TIFF: JPEG, PNG and WEBP are written");
        assertThatThrownBy(() -> ENCODER.encode(PICTURE, ImageFormat.JPEG, 0))
                .hasMessage("Invalid quality: 0 (must be >= 1 and <= 100)");
        assertThatThrownBy(() -> ENCODER.encode(PixelImage.bgr(16_384, 1, new byte[3 * 16_384]), ImageFormat.WEBP, 9))
                .hasMessage("Cannot encode a side of 16384 pixels as WEBP (must be <= 16383)");
    }
}
