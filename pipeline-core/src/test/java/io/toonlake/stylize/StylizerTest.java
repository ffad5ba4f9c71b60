package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.image.PixelImage;
import io.toonlake.network.Padding;
import java.io.IOException;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StylizerTest {
    /** Gives back what it gets, and remembers it. */
    private static final class Echo implements StylizingEngine {
        private float[] seen;
        private int width;

        @Override
        public String fingerprint() {
            return "echo";
        }

        @Override
        public EngineKind kindFor(int width, int height) {
            return EngineKind.ND4J;
        }

        @Override
        public int sizeMultiple() {
            return 4;
        }

        @Override
        public int minSidePixels() {
            return 8;
        }

        @Override
        public float[] stylize(float[] picture, int width, int height) {
            assertThat(picture).hasSize(3 * width * height);
            this.seen = picture;
            this.width = width;
            return picture.clone();
        }

        @Override
        public long estimatedBytes(int width, int height) {
            return width * (long) height;
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 9", "2, 3", "8, 8", "13, 10", "31, 17"})
    void everyByteSurvivesTheWayThere(int width, int height) {
        byte[] pixels = new byte[width * height * 4];
        new Random(3).nextBytes(pixels);
        PixelImage picture = PixelImage.bgra(width, height, pixels);
        assertThat(new Stylizer(new Echo()).stylize(picture)).isEqualTo(picture);
    }

    @Test
    void all256ValuesSurviveTheWayThere() {
        byte[] pixels = new byte[256 * 3];
        IntStream.range(0, pixels.length).forEach(i -> pixels[i] = (byte) (i / 3));
        PixelImage picture = PixelImage.bgr(256, 1, pixels);
        assertThat(new Stylizer(new Echo()).stylize(picture)).isEqualTo(picture);
    }

    @Test
    void pictureIsMirroredAtItsRightAndBottom() {
        byte[] pixels = new byte[9 * 3];
        IntStream.range(0, 9).forEach(x -> pixels[3 * x] = (byte) (x * 10));
        Echo echo = new Echo();
        new Stylizer(echo).stylize(PixelImage.bgr(9, 1, pixels));
        assertThat(echo.width).isEqualTo(12);
        int[] blue = IntStream.range(0, 12)
                .map(x -> Math.round((echo.seen[x] + 1) * 127.5f))
                .toArray();
        assertThat(blue).containsExactly(0, 10, 20, 30, 40, 50, 60, 70, 80, 70, 60, 50);
    }

    @Test
    void mirroringRepeatsWhereThePictureIsSmallerThanItsPadding() {
        assertThat(IntStream.range(0, 8).map(at -> Stylizer.mirrored(at, 3))).containsExactly(0, 1, 2, 1, 0, 1, 2, 1);
        assertThat(IntStream.range(0, 5).map(at -> Stylizer.mirrored(at, 2))).containsExactly(0, 1, 0, 1, 0);
        assertThat(IntStream.range(0, 3).map(at -> Stylizer.mirrored(at, 1))).containsExactly(0, 0, 0);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 7", "2, 3", "5, 30"})
    void smallestPicturesAreStylized(int width, int height) throws IOException {
        byte[] pixels = new byte[width * height * 4];
        new Random(5).nextBytes(pixels);
        PixelImage picture = PixelImage.bgra(width, height, pixels);
        for (Padding padding : Padding.values()) {
            try (Nd4jEngine engine = new Nd4jEngine(SmallGenerator.model(padding))) {
                PixelImage cartoon = new Stylizer(engine).stylize(picture);
                assertThat(cartoon.width()).isEqualTo(width);
                assertThat(cartoon.height()).isEqualTo(height);
                assertThat(cartoon.alpha().orElseThrow())
                        .isEqualTo(picture.alpha().orElseThrow());
                assertThat(cartoon).isNotEqualTo(picture);
            }
        }
    }

    @Test
    void estimateIsThatOfThePaddedPicture() {
        assertThat(new Stylizer(new Echo()).estimatedBytes(9, 1)).isEqualTo(12 * 8 + 4 * 9);
    }
}
