package io.toonlake.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.toonlake.image.PixelImage;
import io.toonlake.testing.ReferenceData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // scopes work by being open
class EdgeSmootherTest {

    private final EdgeSmoother smoother = new EdgeSmoother(EdgeSettings.DEFAULT);

    @Test
    void dilationGrowsEachEdgeByHalfItsSquareAndStopsAtTheBorder() {
        int[][] edges = {
            {9, 0, 0, 0, 0, 0, 0, 0},
            {0, 0, 0, 0, 0, 0, 0, 0},
            {0, 0, 0, 0, 0, 0, 0, 0},
            {0, 0, 0, 0, 0, 0, 0, 0},
            {0, 0, 0, 0, 0, 9, 0, 0},
            {0, 0, 0, 0, 0, 0, 0, 0},
        };
        int[][] expected = {
            {9, 9, 9, 0, 0, 0, 0, 0},
            {9, 9, 9, 0, 0, 0, 0, 0},
            {9, 9, 9, 9, 9, 9, 9, 9},
            {0, 0, 0, 9, 9, 9, 9, 9},
            {0, 0, 0, 9, 9, 9, 9, 9},
            {0, 0, 0, 9, 9, 9, 9, 9},
        };
        try (PointerScope scope = new PointerScope()) {
            assertThat(grid(smoother.dilate(plane(edges)), 8)).isDeepEqualTo(expected);
        }
    }

    @Test
    void blurWeighsByOneFourSixFourOneAndReflectsAroundTheBorderPixel() {
        // 256 * the kernel's outer product: the weights themselves stand around a single pixel in the middle.
        int[][] point = {
            {0, 0, 0, 0, 0, 0, 0},
            {0, 0, 0, 0, 0, 0, 0},
            {0, 0, 0, 0, 0, 0, 0},
            {0, 0, 0, 256 - 1, 0, 0, 0},
            {0, 0, 0, 0, 0, 0, 0},
            {0, 0, 0, 0, 0, 0, 0},
            {0, 0, 0, 0, 0, 0, 0},
        };
        int[][] expected = {
            {0, 0, 0, 0, 0, 0, 0},
            {0, 1, 4, 6, 4, 1, 0},
            {0, 4, 16, 24, 16, 4, 0},
            {0, 6, 24, 36, 24, 6, 0},
            {0, 4, 16, 24, 16, 4, 0},
            {0, 1, 4, 6, 4, 1, 0},
            {0, 0, 0, 0, 0, 0, 0},
        };
        // In one row: 160 * 6/16 in the corner itself, and its neighbour sees it once directly and once reflected.
        int[][] corner = {{160, 0, 0, 0, 0, 16, 0}};
        int[][] expectedCorner = {{60, 40, 10, 1, 4, 7, 8}};
        try (PointerScope scope = new PointerScope()) {
            assertThat(grid(smoother.blur(plane(point)), 7)).isDeepEqualTo(expected);
            assertThat(grid(smoother.blur(plane(corner)), 7)).isDeepEqualTo(expectedCorner);
        }
    }

    @Test
    void flatPictureHasNoEdgesAndComesBackUnchanged() {
        byte[] pixels = new byte[40 * 30 * 3];
        Arrays.fill(pixels, (byte) 200);
        PixelImage flat = PixelImage.bgr(40, 30, pixels);

        assertThat(smoother.mask(flat)).containsOnly(0);
        assertThat(smoother.smooth(flat)).isEqualTo(flat);
    }

    @Test
    void pictureGivenIsNotWrittenTo() {
        PixelImage given = step(32, 24);
        byte[] before = given.pixels().clone();

        assertThat(smoother.smooth(given)).isNotEqualTo(given);
        assertThat(given.pixels()).isEqualTo(before);
    }

    @Test
    void blurOfOnePixelChangesNothing() {
        PixelImage given = step(32, 24);

        assertThat(new EdgeSmoother(new EdgeSettings(100, 200, 5, 1)).smooth(given))
                .isEqualTo(given);
    }

    @Test
    void pictureWithAlphaIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> smoother.smooth(PixelImage.bgra(1, 1, new byte[4])))
                .withMessageContaining("lay it on a background first");
    }

    @Test
    void severalThreadsGetTheSamePictureAsOne() {
        PixelImage given = step(128, 96);
        List<PixelImage> smoothed = IntStream.range(0, 64)
                .parallel()
                .mapToObj(i -> smoother.smooth(given))
                .toList();

        assertThat(smoothed).isEqualTo(Collections.nCopies(64, smoother.smooth(given)));
    }

    @Test
    void drawnPicturesChangeOnlyInTheMaskAndWithoutASeam() throws IOException {
        try (Stream<Path> files = Files.list(ReferenceData.require("cartoons"))) {
            List<Path> some = files.sorted().limit(6).toList();
            assertThat(some).hasSize(6);
            for (Path file : some) {
                try (InputStream in = Files.newInputStream(file)) {
                    assertMaskHoldsTheWholePicturesBlur(PixelFiles.read(in));
                }
            }
        }
    }

    /** Inside, up to the mask's last pixel, what a blur of the whole picture gives (so no seam); outside, the original. */
    private void assertMaskHoldsTheWholePicturesBlur(PixelImage original) {
        byte[] mask = smoother.mask(original);
        byte[] expected = original.pixels().clone();
        int inside = 0;
        try (PointerScope scope = new PointerScope()) {
            byte[] blurred = EdgeSmoother.bytes(
                    smoother.blur(EdgeSmoother.matrix(original.pixels(), original.width(), original.height(), 3)));
            for (int i = 0; i < mask.length; i++) {
                if (mask[i] != 0) {
                    inside++;
                    System.arraycopy(blurred, 3 * i, expected, 3 * i, 3);
                }
            }
        }
        assertThat(inside).isBetween(mask.length / 100, mask.length * 9 / 10);
        assertThat(smoother.smooth(original).pixels()).isEqualTo(expected);
    }

    /** Dark on the left, bright on the right. */
    private static PixelImage step(int width, int height) {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i / 3 % width < width / 2 ? 20 : 230);
        }
        return PixelImage.bgr(width, height, pixels);
    }

    private static Mat plane(int[][] grid) {
        byte[] bytes = new byte[grid.length * grid[0].length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) grid[i / grid[0].length][i % grid[0].length];
        }
        return EdgeSmoother.matrix(bytes, grid[0].length, grid.length, 1);
    }

    private static int[][] grid(Mat plane, int width) {
        byte[] bytes = EdgeSmoother.bytes(plane);
        int[][] grid = new int[bytes.length / width][width];
        for (int i = 0; i < bytes.length; i++) {
            grid[i / width][i % width] = bytes[i] & 0xFF;
        }
        return grid;
    }
}
