package io.toonlake.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.toonlake.image.PixelImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SyntheticScenesTest {

    @Test
    void sameSeedGivesTheSameBytesOnManyThreadsToo() {
        List<PixelImage> alone = new ArrayList<>();
        for (long seed = 0; seed < 10; seed++) {
            alone.add(SyntheticScenes.photo(seed, 96, 72));
            alone.add(SyntheticScenes.cartoon(seed, 96, 72));
        }
        List<PixelImage> together = IntStream.range(0, 20)
                .parallel()
                .mapToObj(
                        i -> i % 2 == 0 ? SyntheticScenes.photo(i / 2, 96, 72) : SyntheticScenes.cartoon(i / 2, 96, 72))
                .toList();

        assertThat(together).isEqualTo(alone);
    }

    @Test
    void noTwoOfACollectionAreAlike() {
        assertThat(LongStream.range(-5, 30).mapToObj(seed -> SyntheticScenes.photo(seed, 64, 48)))
                .doesNotHaveDuplicates();
        assertThat(LongStream.range(-5, 30).mapToObj(seed -> SyntheticScenes.cartoon(seed, 64, 48)))
                .doesNotHaveDuplicates();
    }

    @Test
    void everySizeIsFilledToItsLastPixel() {
        for (int[] size : new int[][] {{16, 16}, {97, 61}, {61, 97}, {300, 40}}) {
            for (long seed = 0; seed < Motif.values().length; seed++) {
                assertFilled(SyntheticScenes.photo(seed, size[0], size[1]), size);
                assertFilled(SyntheticScenes.cartoon(seed, size[0], size[1]), size);
            }
        }
    }

    @Test
    void cartoonsAreFlatWherePhotosAreTextured() {
        for (long seed = 0; seed < 5; seed++) {
            assertThat(flatShare(SyntheticScenes.cartoon(seed, 192, 144)))
                    .as("cartoon " + seed)
                    .isGreaterThan(0.6);
            assertThat(flatShare(SyntheticScenes.photo(seed, 192, 144)))
                    .as("photo " + seed)
                    .isLessThan(0.1);
        }
    }

    @Test
    void cartoonsHaveFewColoursAndDarkOutlines() {
        for (long seed = 0; seed < 10; seed++) {
            PixelImage cartoon = SyntheticScenes.cartoon(seed, 384, 288);
            Set<Integer> colours = new HashSet<>();
            int dark = 0;
            for (int i = 0; i < cartoon.pixels().length; i += 3) {
                int blue = cartoon.pixels()[i] & 0xFF;
                int green = cartoon.pixels()[i + 1] & 0xFF;
                int red = cartoon.pixels()[i + 2] & 0xFF;
                colours.add(red >> 4 << 8 | green >> 4 << 4 | blue >> 4);
                dark += Math.max(red, Math.max(green, blue)) < 80 ? 1 : 0;
            }
            assertThat(colours).as("colours of cartoon " + seed).hasSizeBetween(10, 900);
            assertThat(dark / (384.0 * 288)).as("dark share of cartoon " + seed).isBetween(0.005, 0.3);
        }
    }

    @Test
    void picturesAreNeitherTooDarkNorTooBrightToLearnFrom() {
        for (long seed = 0; seed < 20; seed++) {
            assertThat(mean(SyntheticScenes.photo(seed, 96, 72)))
                    .as("photo " + seed)
                    .isBetween(60.0, 190.0);
            assertThat(mean(SyntheticScenes.cartoon(seed, 96, 72)))
                    .as("cartoon " + seed)
                    .isBetween(60.0, 215.0);
        }
    }

    @Test
    void sizeTooSmallToShowAnythingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SyntheticScenes.photo(1, 15, 200))
                .withMessage("Invalid scene size: 15x200 (both sides must be >= 16)");
    }

    private static void assertFilled(PixelImage picture, int[] size) {
        assertThat(picture.toString()).isEqualTo(size[0] + "x" + size[1] + " BGR");
        // What nothing was painted on stays black in every pixel; an outline may be near black, but not in a whole
        // column.
        for (int column : new int[] {0, size[0] - 1}) {
            PixelImage edge = picture.crop(column, 0, 1, size[1]);
            assertThat(mean(edge)).isGreaterThan(30);
        }
        assertThat(mean(picture.crop(0, size[1] - 1, size[0], 1))).isGreaterThan(20);
    }

    private static double mean(PixelImage picture) {
        return IntStream.range(0, picture.pixels().length)
                .map(i -> picture.pixels()[i] & 0xFF)
                .average()
                .orElseThrow();
    }

    /** The share of pixels that equal the one to their left. */
    private static double flatShare(PixelImage picture) {
        int row = picture.width() * 3;
        long flat = 0;
        for (int i = 3; i < picture.pixels().length; i += 3) {
            if (i % row != 0 && Arrays.equals(picture.pixels(), i, i + 3, picture.pixels(), i - 3, i)) {
                flat++;
            }
        }
        return (double) flat / (picture.width() * picture.height());
    }
}
