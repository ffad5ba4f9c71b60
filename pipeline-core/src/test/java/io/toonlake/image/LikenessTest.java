package io.toonlake.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.toonlake.scene.SyntheticScenes;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LikenessTest {
    @Test
    void equalPicturesAreAsNearAsCanBe() {
        PixelImage photo = SyntheticScenes.photo(1, 33, 21);

        assertThat(Likeness.of(photo, photo)).isEqualTo(new Likeness(Likeness.MOST_PSNR, 1));
    }

    @Test
    void tenLevelsEverywhereAreTwentyEightDecibels() {
        byte[] grey = new byte[3 * 16 * 16];
        java.util.Arrays.fill(grey, (byte) 100);
        byte[] lighter = new byte[grey.length];
        java.util.Arrays.fill(lighter, (byte) 110);

        Likeness likeness = Likeness.of(PixelImage.bgr(16, 16, grey), PixelImage.bgr(16, 16, lighter));

        assertThat(likeness.psnr()).isCloseTo(20 * Math.log10(25.5), within(1e-9));
        double c1 = 2.55 * 2.55;
        assertThat(likeness.ssim()).isCloseTo((2 * 100 * 110 + c1) / (100 * 100 + 110 * 110 + c1), within(1e-9));
    }

    @Test
    void noiseTakesFromBoth() {
        PixelImage photo = SyntheticScenes.photo(1, 64, 48);
        byte[] noisy = photo.pixels().clone();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < noisy.length; i++) {
            noisy[i] = (byte) Math.max(0, Math.min(255, (noisy[i] & 255) + random.nextInt(-30, 31)));
        }

        Likeness likeness = Likeness.of(photo, PixelImage.bgr(64, 48, noisy));

        assertThat(likeness.psnr()).isBetween(22.0, 26.0);
        assertThat(likeness.ssim()).isBetween(0.05, 0.9);
    }

    @Test
    void otherSizesAreRefused() {
        assertThatThrownBy(() -> Likeness.of(SyntheticScenes.photo(1, 32, 16), SyntheticScenes.photo(1, 16, 32)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Cannot compare 32x16 pixels with 16x32");
    }
}
