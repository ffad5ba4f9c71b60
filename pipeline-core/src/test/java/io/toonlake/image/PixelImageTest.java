package io.toonlake.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PixelImageTest {

    /** Two rows of three pixels, every sample different. */
    private static final PixelImage GRID = PixelImage.bgr(3, 2, new byte[] {
        1, 2, 3, 4, 5, 6, 7, 8, 9,
        11, 12, 13, 14, 15, 16, 17, 18, 19
    });

    @Test
    void mirroringExchangesLeftAndRight() {
        assertThat(GRID.mirrored())
                .isEqualTo(PixelImage.bgr(
                        3, 2, new byte[] {7, 8, 9, 4, 5, 6, 1, 2, 3, 17, 18, 19, 14, 15, 16, 11, 12, 13}));
    }

    @Test
    void cropTakesTheRectangleAsked() {
        assertThat(GRID.crop(1, 1, 2, 1)).isEqualTo(PixelImage.bgr(2, 1, new byte[] {14, 15, 16, 17, 18, 19}));
    }

    @Test
    void cropOutsideThePictureIsRefused() {
        assertThatThrownBy(() -> GRID.crop(2, 0, 2, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid crop: 2x1 at (2, 0) (must lie within 3x2)");
    }

    @Test
    void pixelsOfAnotherSizeAreRefused() {
        assertThatThrownBy(() -> PixelImage.bgr(2, 2, new byte[11]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid pixels: 11 bytes (a 2x2 picture of 3 channels has 12)");
    }

    @Test
    void overMixesByAlpha() {
        byte[] half = {100, 0, (byte) 200, (byte) 128, 9, 9, 9, 0, 9, 9, 9, -1};
        assertThat(PixelImage.bgra(3, 1, half).over(0xFF8000))
                .isEqualTo(PixelImage.bgr(3, 1, new byte[] {50, 64, (byte) 227, 0, (byte) 128, -1, 9, 9, 9}));
    }

    @Test
    void alphaIsTakenOffAndPutBack() {
        byte[] alpha = {0, 50, 100, 127, -128, -1};
        PixelImage both = GRID.withAlpha(alpha);
        assertThat(both.alpha()).hasValue(alpha);
        assertThat(both.crop(0, 0, 1, 1)).isEqualTo(PixelImage.bgra(1, 1, new byte[] {1, 2, 3, 0}));
        assertThat(GRID.alpha()).isEmpty();
    }

    @Test
    void shrinkingAveragesAreas() {
        PixelImage four = PixelImage.bgr(2, 2, new byte[] {0, 0, 0, 100, 0, 0, 0, 20, 0, 100, 20, 0});
        assertThat(four.resize(1, 1)).isEqualTo(PixelImage.bgr(1, 1, new byte[] {50, 10, 0}));
    }

    @Test
    void invisibleColoursDoNotBleedWhenResized() {
        // A white pixel beside a fully transparent black one: half as opaque, and still white.
        PixelImage two = PixelImage.bgra(2, 1, new byte[] {-1, -1, -1, -1, 0, 0, 0, 0});
        assertThat(two.resize(1, 1)).isEqualTo(PixelImage.bgra(1, 1, new byte[] {-1, -1, -1, (byte) 128}));
    }

    @Test
    void enlargingAFlatPictureKeepsItFlat() {
        byte[] flat = new byte[5 * 4 * 4];
        for (int i = 0; i < flat.length; i += 4) {
            flat[i] = 10;
            flat[i + 1] = (byte) 200;
            flat[i + 2] = 77;
            flat[i + 3] = 90;
        }
        PixelImage larger = PixelImage.bgra(5, 4, flat).resize(9, 13);
        for (int x = 0; x < 9; x++) {
            assertThat(larger.crop(x, x, 1, 1))
                    .isEqualTo(PixelImage.bgra(5, 4, flat).crop(0, 0, 1, 1));
        }
    }

    @Test
    void longerSideIsShortenedInProportion() {
        PixelImage picture = PixelImage.bgr(100, 30, new byte[100 * 30 * 3]);

        assertThat(picture.within(100)).isSameAs(picture);
        assertThat(picture.within(50).width()).isEqualTo(50);
        assertThat(picture.within(50).height()).isEqualTo(15);
        assertThat(picture.within(10).height()).isEqualTo(3);
        assertThat(picture.within(1).height()).as("never nothing").isEqualTo(1);
    }

    @Test
    void whatIsWhollyTransparentGetsAnotherColour() {
        PixelImage image = PixelImage.bgra(3, 1, new byte[] {1, 2, 3, 0, 4, 5, 6, 1, 7, 8, 9, -1});

        PixelImage colored = image.withColorBeneath(0x102030);

        assertThat(colored.pixels()).containsExactly(0x30, 0x20, 0x10, 0, 4, 5, 6, 1, 7, 8, 9, -1);
        assertThat(image.pixels()[0]).as("the picture itself stays").isEqualTo((byte) 1);
        assertThat(PixelImage.bgr(1, 1, new byte[3]).withColorBeneath(0x102030).pixels())
                .containsExactly(0, 0, 0);
    }
}
