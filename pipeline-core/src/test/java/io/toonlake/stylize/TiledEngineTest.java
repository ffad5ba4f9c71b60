package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.PixelImage;
import io.toonlake.model.Model;
import io.toonlake.model.ModelOrigin;
import io.toonlake.model.PublishedWeights;
import io.toonlake.model.Tensor;
import io.toonlake.model.Tensors;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import io.toonlake.testing.ReferenceData;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tiles against the whole picture, in values of [-1, 1], of which a byte's step is 8e-3. */
class TiledEngineTest {
    /** As of all engines. */
    private static final double TOLERANCE = 1e-4;

    private static final double EPSILON = GeneratorArchitecture.NORM_EPSILON;

    @ParameterizedTest
    @CsvSource({
        // Borders of tiles on odd and even rows and columns, tiles smaller than what surrounds them, one tile.
        "ZERO, TRANSPOSED, 37, 204, 156",
        "ZERO, RESIZE, 37, 204, 156",
        "REFLECT, TRANSPOSED, 37, 204, 156",
        "REFLECT, RESIZE, 37, 204, 156",
        "ZERO, TRANSPOSED, 8, 44, 36",
        "REFLECT, RESIZE, 8, 44, 36",
        "ZERO, TRANSPOSED, 64, 60, 64",
        "REFLECT, TRANSPOSED, 6, 8, 8",
        "ZERO, RESIZE, 6, 8, 8",
        "ZERO, TRANSPOSED, 40, 2000, 8",
        "REFLECT, RESIZE, 40, 8, 2000"
    })
    void tilesGiveTheWholePicture(Padding padding, Upsampling upsampling, int side, int width, int height) {
        Model model = DrawnGenerator.model(new GeneratorArchitecture(6, 3, padding, upsampling, EPSILON));
        float[] photo = photo(width, height);
        try (StylizingEngine whole = new OrtEngine(model, 2);
                StylizingEngine tiles = new TiledEngine(model, 2, Long.MAX_VALUE, side, Processor.CPU);
                StylizingEngine withoutBranch = new TiledEngine(model, 2, 0, side, Processor.CPU)) {
            float[] cartoon = whole.stylize(photo, width, height);
            assertThat(difference(tiles.stylize(photo, width, height), cartoon)).isLessThan(TOLERANCE);
            assertThat(difference(withoutBranch.stylize(photo, width, height), cartoon))
                    .isLessThan(TOLERANCE);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 1e-9", "3, 1, 1e-3"})
    void anyGeneratorIsTiled(int channels, int blocks, double epsilon) {
        Model model = DrawnGenerator.model(new GeneratorArchitecture(channels, blocks, Padding.ZERO, epsilon));
        float[] photo = photo(100, 60);
        try (StylizingEngine whole = new OrtEngine(model, 1);
                StylizingEngine tiles = new TiledEngine(model, 1, Long.MAX_VALUE, 32, Processor.CPU)) {
            assertThat(difference(tiles.stylize(photo, 100, 60), whole.stylize(photo, 100, 60)))
                    .isLessThan(TOLERANCE);
        }
    }

    /** What the test above would find if tiles were normalized by themselves: not even far from their borders do they agree with the whole. */
    @Test
    void tilesOnTheirOwnAreNotTheWholePicture() {
        Model model = DrawnGenerator.model(new GeneratorArchitecture(6, 3, Padding.ZERO, EPSILON));
        float[] photo = photo(256, 256);
        try (StylizingEngine whole = new OrtEngine(model, 2)) {
            float[] expected = corner(whole.stylize(photo, 256, 256), 256, 16);
            float[] alone = corner(whole.stylize(corner(photo, 256, 128), 128, 128), 128, 16);
            assertThat(difference(alone, expected)).isGreaterThan(0.01);
        }
    }

    @ParameterizedTest
    @EnumSource
    void publishedWeightsGiveTheWholePicture(Padding padding) throws Exception {
        Model model = PublishedWeights.toModel(
                Tensors.load(ReferenceData.require("weights/cartoongan/hayao")),
                padding,
                PublishedWeights.NORM_EPSILON,
                ModelOrigin.imported("hayao", "the CartoonGAN authors", "unknown"));
        byte[] file = Files.readAllBytes(ReferenceData.require("photos/v3_16.jpg"));
        PixelImage photo = new ImageDecoder(new DecodeLimits(1 << 24, 1 << 24, 1))
                .decode(file)
                .image()
                .within(240);
        try (StylizingEngine whole = new OrtEngine(model, 2);
                StylizingEngine tiles = new TiledEngine(model, 2, Long.MAX_VALUE, 100, Processor.CPU)) {
            byte[] expected = new Stylizer(whole).stylize(photo).pixels();
            byte[] made = new Stylizer(tiles).stylize(photo).pixels();
            int off = 0;
            for (int i = 0; i < made.length; i++) {
                int difference = Math.abs((made[i] & 0xFF) - (expected[i] & 0xFF));
                assertThat(difference).isLessThanOrEqualTo(1);
                off += difference;
            }
            // Values that lie between two bytes are rounded the one way or the other.
            assertThat(off).isLessThan(made.length / 200);
        }
    }

    /**
     * Every variance of the first norm is 0, so that what rounding left of nothing is made 1 / √epsilon larger. With shifts, as trained models have
     * them, it stays beside the point; without, all engines make noise of a flat picture, each its own.
     */
    @ParameterizedTest
    @EnumSource
    void flatPictureIsTiledToo(Padding padding) {
        Model drawn = DrawnGenerator.model(new GeneratorArchitecture(6, 2, padding, EPSILON));
        Map<String, Tensor> tensors = new HashMap<>(drawn.tensors().asMap());
        SplittableRandom random = new SplittableRandom(5);
        tensors.replaceAll((name, tensor) -> {
            float[] values = tensor.values().clone();
            for (int i = 0; name.endsWith(".shift") && i < values.length; i++) {
                values[i] = (float) random.nextDouble(-0.5, 0.5);
            }
            return new Tensor(tensor.shape(), values);
        });
        Model model = new Model(drawn.architecture(), new Tensors(tensors).sorted(), drawn.origin());
        float[] photo = new float[3 * 128 * 96];
        Arrays.fill(photo, 0.7f);
        try (StylizingEngine whole = new OrtEngine(model, 2);
                StylizingEngine tiles = new TiledEngine(model, 2, Long.MAX_VALUE, 48, Processor.CPU)) {
            assertThat(difference(tiles.stylize(photo, 128, 96), whole.stylize(photo, 128, 96)))
                    .isLessThan(1 / 255.0);
        }
    }

    @Test
    void numberOfThreadsChangesNoBit() {
        Model model = DrawnGenerator.model(new GeneratorArchitecture(32, 1, Padding.ZERO, EPSILON));
        float[] photo = photo(128, 96);
        try (StylizingEngine one = new TiledEngine(model, 1, Long.MAX_VALUE, 64, Processor.CPU);
                StylizingEngine two = new TiledEngine(model, 2, Long.MAX_VALUE, 64, Processor.CPU)) {
            assertThat(two.stylize(photo, 128, 96)).containsExactly(one.stylize(photo, 128, 96));
        }
        assertThatThrownBy(() -> new TiledEngine(model, 0, 0, Processor.CPU))
                .hasMessage("Invalid number of threads: 0 (must be >= 1)");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "5, 3000", "20000, 8"})
    void anyShapeOfPhotoIsStylized(int width, int height) {
        Model model = DrawnGenerator.model(new GeneratorArchitecture(2, 1, Padding.REFLECT, EPSILON));
        byte[] pixels = new byte[3 * width * height];
        new Random(4).nextBytes(pixels);
        PixelImage photo = PixelImage.bgr(width, height, pixels);
        try (StylizingEngine whole = new OrtEngine(model, 1);
                StylizingEngine tiles = new TiledEngine(model, 1, Long.MAX_VALUE, Processor.CPU);
                StylizingEngine nd4j = new Nd4jEngine(model)) {
            PixelImage expected = new Stylizer(whole).stylize(photo);
            assertThat(expected.width()).isEqualTo(width);
            assertThat(expected.height()).isEqualTo(height);
            for (StylizingEngine engine : new StylizingEngine[] {tiles, nd4j}) {
                byte[] made = new Stylizer(engine).stylize(photo).pixels();
                for (int i = 0; i < made.length; i++) {
                    assertThat(Math.abs((made[i] & 0xFF) - (expected.pixels()[i] & 0xFF)))
                            .isLessThanOrEqualTo(1);
                }
            }
        }
    }

    @Test
    void fiftyMegapixelsFitIntoSixGibibytes() {
        GeneratorArchitecture published = GeneratorArchitecture.published(Padding.ZERO);
        long sixGibibytes = 6L << 30;
        assertThat(TiledEngine.estimatedBytes(published, 8192, 8192, sixGibibytes))
                .isLessThan(sixGibibytes - Stylizer.cartoonBytes(8192, 8192));
        // Where the branch can be kept as well, it is.
        assertThat(TiledEngine.estimatedBytes(published, 6000, 6000, sixGibibytes))
                .isGreaterThan(TiledEngine.estimatedBytes(published, 6000, 6000, 0));
    }

    /** The top left part of a square picture. */
    private static float[] corner(float[] picture, int side, int part) {
        float[] corner = new float[3 * part * part];
        for (int row = 0; row < 3 * part; row++) {
            System.arraycopy(picture, (row / part * side + row % part) * side, corner, row * part, part);
        }
        return corner;
    }

    private static double difference(float[] made, float[] expected) {
        assertThat(made).hasSameSizeAs(expected);
        double largest = 0;
        for (int i = 0; i < made.length; i++) {
            double difference = Math.abs((double) made[i] - expected[i]);
            assertThat(difference).isNotNaN();
            largest = Math.max(largest, difference);
        }
        return largest;
    }

    /** A slope with an edge and some noise, and brighter at the lower right. */
    private static float[] photo(int width, int height) {
        SplittableRandom random = new SplittableRandom(1);
        float[] photo = new float[3 * width * height];
        for (int i = 0; i < photo.length; i++) {
            int x = i % width;
            int y = i / width % height;
            boolean beyond = x * height + y * width > width * height;
            photo[i] = (float) (0.6 * x / width - 0.4 + (beyond ? 0.5 : -0.4) + random.nextDouble(-0.1, 0.1));
        }
        return photo;
    }
}
