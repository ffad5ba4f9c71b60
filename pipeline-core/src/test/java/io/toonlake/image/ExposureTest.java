package io.toonlake.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ExposureTest {
    /** Four pixels of these greys. */
    private static PixelImage greys(int... greys) {
        byte[] pixels = new byte[3 * greys.length];
        for (int i = 0; i < greys.length; i++) {
            Arrays.fill(pixels, 3 * i, 3 * i + 3, (byte) greys[i]);
        }
        return PixelImage.bgr(greys.length, 1, pixels);
    }

    @Test
    void meanAndDeviationOfGrey() {
        Exposure exposure = Exposure.of(greys(10, 20, 240, 250));

        assertThat(exposure.brightness()).isEqualTo(130);
        assertThat(exposure.contrast()).isEqualTo(Math.sqrt(13_250), within(1e-9));
        assertThat(exposure.black()).isZero();
        assertThat(exposure.white()).isEqualTo(0.25);
    }

    @Test
    void greenWeighsMost() {
        byte[] green = {0, -1, 0};
        byte[] translucentRed = {0, 0, -1, 7};
        assertThat(Exposure.of(PixelImage.bgr(1, 1, green)).brightness()).isEqualTo(150);
        assertThat(Exposure.of(PixelImage.bgra(1, 1, translucentRed)).brightness())
                .isEqualTo(76);
    }

    @Test
    void whatIsWrongWithTheLight() {
        assertThat(Exposure.of(greys(100, 130, 160, 200)).kind()).isEqualTo(Exposure.Kind.EVEN);
        assertThat(Exposure.of(greys(100, 100, 105, 105)).kind()).isEqualTo(Exposure.Kind.FLAT);
        assertThat(Exposure.of(greys(8, 100, 160, 200)).kind()).isEqualTo(Exposure.Kind.DARK);
        assertThat(Exposure.of(greys(9, 100, 160, 247)).kind()).isEqualTo(Exposure.Kind.LIGHT);
        assertThat(Exposure.of(greys(9, 100, 160, 246)).kind()).isEqualTo(Exposure.Kind.EVEN);
    }
}
