package io.toonlake.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pixels against Pillow's; {@code src/test/python/make_decoding_fixtures.py} made the files and states the tolerances. */
class DecodedPixelsTest {

    private static final ImageDecoder DECODER = new ImageDecoder(new DecodeLimits(1_000_000, 1_000_000, 1));

    record Fixture(
            String name,
            int width,
            int height,
            int channels,
            int orientation,
            int bits,
            String colour,
            String profile,
            int tolerance) {

        static Fixture of(String line) {
            String[] cells = line.split("\t");
            return new Fixture(
                    cells[0],
                    Integer.parseInt(cells[1]),
                    Integer.parseInt(cells[2]),
                    Integer.parseInt(cells[3]),
                    Integer.parseInt(cells[4]),
                    Integer.parseInt(cells[5]),
                    cells[6],
                    cells[7],
                    Integer.parseInt(cells[8]));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Fixture> decodesAsPillowDoes() {
        return new String(read("index.tsv"), StandardCharsets.UTF_8).lines().map(Fixture::of);
    }

    private static byte[] read(String name) {
        try (InputStream in = DecodedPixelsTest.class.getResourceAsStream("/decoding/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource
    void decodesAsPillowDoes(Fixture fixture) throws ImageRefusedException {
        DecodedImage decoded = DECODER.decode(read(fixture.name()));

        PixelImage image = decoded.image();
        assertThat(image.width() + "x" + image.height() + "x" + image.channels())
                .isEqualTo(fixture.width() + "x" + fixture.height() + "x" + fixture.channels());
        assertThat(largestDifference(image, read(fixture.name() + ".raw")))
                .as(fixture.name())
                .isLessThanOrEqualTo(fixture.tolerance());
        assertThat(decoded.orientation()).isEqualTo(fixture.orientation());
        assertThat(decoded.bitDepth()).isEqualTo(fixture.bits());
        assertThat(decoded.colour()).isEqualTo(fixture.colour());
        assertThat(decoded.profile()).isEqualTo(fixture.profile());
    }

    /** Against RGB or RGBA; what is fully transparent has no colour to compare. */
    private static int largestDifference(PixelImage image, byte[] expected) {
        int channels = image.channels();
        byte[] pixels = image.pixels();
        int largest = 0;
        for (int i = 0; i < pixels.length; i++) {
            int c = i % channels;
            int other = c < 3 ? i - c + 2 - c : i;
            boolean invisible = channels == 4 && expected[i - c + 3] == 0 && c < 3;
            if (!invisible) {
                largest = Math.max(largest, Math.abs((pixels[i] & 0xFF) - (expected[other] & 0xFF)));
            }
        }
        return largest;
    }
}
