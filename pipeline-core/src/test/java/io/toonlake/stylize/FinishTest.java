package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.toonlake.image.PixelImage;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FinishTest {
    private static PixelImage bgr(int... samples) {
        byte[] pixels = new byte[samples.length];
        for (int i = 0; i < samples.length; i++) {
            pixels[i] = (byte) samples[i];
        }
        return PixelImage.bgr(samples.length / 3, 1, pixels);
    }

    /** Far enough from black and white that nothing is clamped. */
    private static PixelImage middling(long seed) {
        return bgr(new SplittableRandom(seed).ints(3 * 50, 100, 150).toArray());
    }

    private static double luma(PixelImage picture, int pixel) {
        return 0.114 * sample(picture, pixel, 0)
                + 0.587 * sample(picture, pixel, 1)
                + 0.299 * sample(picture, pixel, 2);
    }

    private static int sample(PixelImage picture, int pixel, int channel) {
        return picture.pixels()[pixel * picture.channels() + channel] & 0xFF;
    }

    @Test
    void nothingToDoIsTheCartoonItself() {
        PixelImage cartoon = middling(1);

        assertThat(Finish.NONE.apply(middling(2), cartoon)).isSameAs(cartoon);
    }

    @Test
    void keptColoursAreThePhotosChromaWithTheCartoonsLuma() {
        PixelImage photo = middling(1);
        PixelImage cartoon = middling(2);

        PixelImage finished = new Finish(true, 1).apply(photo, cartoon);

        for (int pixel = 0; pixel < photo.width(); pixel++) {
            // A sample is rounded by half a level at most.
            assertThat(luma(finished, pixel)).isCloseTo(luma(cartoon, pixel), within(0.5));
            assertThat(sample(finished, pixel, 0) - luma(finished, pixel))
                    .as("Cb")
                    .isCloseTo(sample(photo, pixel, 0) - luma(photo, pixel), within(1.0));
            assertThat(sample(finished, pixel, 2) - luma(finished, pixel))
                    .as("Cr")
                    .isCloseTo(sample(photo, pixel, 2) - luma(photo, pixel), within(1.0));
        }
    }

    @Test
    void strengthIsTheCartoonsShare() {
        PixelImage finished = new Finish(false, 0.25).apply(bgr(0, 100, 200), bgr(100, 100, 0));

        assertThat(finished.pixels()).isEqualTo(bgr(25, 100, 150).pixels());
    }

    @Test
    void brightColoursAreClamped() {
        PixelImage finished = new Finish(true, 1).apply(bgr(0, 0, 255), bgr(255, 255, 255));

        assertThat(finished.pixels()).isEqualTo(bgr(179, 179, 255).pixels());
    }

    @Test
    void transparencyIsTheCartoons() {
        PixelImage photo = PixelImage.bgra(1, 1, new byte[] {0, 0, 0, 40});
        PixelImage cartoon = PixelImage.bgra(1, 1, new byte[] {100, 100, 100, 40});

        assertThat(new Finish(false, 0.5).apply(photo, cartoon).pixels()).containsExactly(50, 50, 50, 40);
        assertThat(new Finish(false, 0.5).apply(photo, bgr(100, 100, 100)).pixels())
                .containsExactly(50, 50, 50);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new Finish(false, 0)).hasMessage("Invalid strength: 0.0 (must be > 0 and <= 1)");
        assertThatThrownBy(() -> new Finish(false, Double.NaN)).hasMessageStartingWith("Invalid strength: NaN");
        assertThatThrownBy(() -> new Finish(true, 1).apply(bgr(1, 2, 3), bgr(1, 2, 3, 4, 5, 6)))
                .hasMessage("Cannot finish a cartoon of 2x1 pixels with a photo of 1x1");
    }
}
