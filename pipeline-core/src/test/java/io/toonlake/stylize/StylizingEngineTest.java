package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.model.Model;
import io.toonlake.model.ModelOrigin;
import io.toonlake.model.NpyFile;
import io.toonlake.model.PublishedWeights;
import io.toonlake.model.Tensor;
import io.toonlake.model.Tensors;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import io.toonlake.testing.ReferenceData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class StylizingEngineTest {
    private static Stream<Arguments> kindsAndPaddings() {
        return Stream.of(EngineKind.values())
                .flatMap(kind -> Stream.of(Padding.values()).map(padding -> Arguments.of(kind, padding)));
    }

    @ParameterizedTest
    @MethodSource("kindsAndPaddings")
    void smallGeneratorGivesPyTorchsPicture(EngineKind kind, Padding padding) throws IOException {
        Tensor input = SmallGenerator.array("small-input");
        try (StylizingEngine engine = kind.open(SmallGenerator.model(padding), 2, Long.MAX_VALUE)) {
            float[] output = engine.stylize(input.values(), 28, 20);
            assertThat(maxDifference(output, SmallGenerator.array("small-" + padding.code())))
                    .isLessThan(1e-5);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "hayao, v3_16, zero", "hayao, v3_16, reflect", "hayao, v3_36, zero", "hayao, v3_36, reflect",
        "shinkai, v3_16, zero", "shinkai, v3_16, reflect", "shinkai, v3_36, zero", "shinkai, v3_36, reflect"
    })
    void publishedWeightsGivePyTorchsPicture(String style, String photo, String padding) throws IOException {
        Tensors weights = Tensors.load(ReferenceData.require("weights/cartoongan/" + style));
        Model model = PublishedWeights.toModel(
                weights,
                Padding.of(padding),
                PublishedWeights.NORM_EPSILON,
                ModelOrigin.imported(style, "the CartoonGAN authors", "unknown"));
        for (EngineKind kind : EngineKind.values()) {
            try (StylizingEngine engine = kind.open(model, 2, Long.MAX_VALUE)) {
                for (String size : new String[] {"256x256", "300x200"}) {
                    Tensor input = array("reference/%s.%s.input.npy".formatted(photo, size));
                    Tensor expected = array("reference/%s.%s.%s.%s.npy".formatted(photo, size, style, padding));
                    float[] output = engine.stylize(
                            input.values(), input.shape().get(3), input.shape().get(2));
                    double difference = maxDifference(output, expected);
                    assertThat(difference).as("%s, %s", kind, size).isLessThan(1e-4);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void sizesThatDoNotFitAreRefused(EngineKind kind) throws IOException {
        try (StylizingEngine engine = kind.open(SmallGenerator.model(Padding.ZERO), 2, Long.MAX_VALUE)) {
            assertThatThrownBy(() -> engine.stylize(new float[3 * 10 * 8], 10, 8))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Invalid picture size: 10x8 (sides must be multiples of 4 and >= 8)");
            assertThatThrownBy(() -> engine.stylize(new float[3 * 4 * 8], 4, 8)).hasMessageContaining("4x8");
            assertThatThrownBy(() -> engine.stylize(new float[5], 8, 8))
                    .hasMessageContaining("5 values (3x8x8 has 192)");
        }
    }

    @ParameterizedTest
    @MethodSource("kindsAndPaddings")
    void leastSizeIsStylized(EngineKind kind, Padding padding) throws IOException {
        try (StylizingEngine engine = kind.open(SmallGenerator.model(padding), 2, Long.MAX_VALUE)) {
            int side = engine.minSidePixels();
            assertThat(engine.stylize(new float[3 * side * side], side, side)).hasSize(3 * side * side);
        }
    }

    @ParameterizedTest
    @EnumSource
    void enginesAgreeOnResizeConvolutions(Padding padding) {
        Model model = DrawnGenerator.model(new GeneratorArchitecture(6, 2, padding, Upsampling.RESIZE, 1e-5));

        assertThat(ModelExport.largestDifference(model)).isBetween(Double.MIN_VALUE, 1e-5);
    }

    @Test
    void numberOfThreadsChangesNoBit() {
        // As wide as published and large enough to be shared out.
        Model model = DrawnGenerator.model(new GeneratorArchitecture(64, 1, Padding.ZERO, 1e-5));
        float[] photo = new float[3 * 192 * 128];
        for (int i = 0; i < photo.length; i++) {
            photo[i] = (float) Math.sin(0.37 * i);
        }
        try (StylizingEngine one = new OrtEngine(model, 1);
                StylizingEngine two = new OrtEngine(model, 2);
                StylizingEngine three = new OrtEngine(model, 3)) {
            float[] cartoon = one.stylize(photo, 192, 128);
            assertThat(two.stylize(photo, 192, 128)).containsExactly(cartoon);
            assertThat(three.stylize(photo, 192, 128)).containsExactly(cartoon);
        }
        assertThatThrownBy(() -> new OrtEngine(model, 0)).hasMessage("Invalid number of threads: 0 (must be >= 1)");
    }

    @Test
    void picturesThatTakeTooMuchMemoryAreMadeInTiles() {
        Model model = DrawnGenerator.model(new GeneratorArchitecture(32, 0, Padding.ZERO, 1e-5));
        long largest = OrtEngine.estimatedBytes(model.architecture(), 400, 400) + Stylizer.cartoonBytes(400, 400);
        float[] small = new float[3 * 64 * 64];
        float[] large = new float[3 * 404 * 400];
        Arrays.fill(small, 0.3f);
        try (StylizingEngine fallback = EngineKind.ONNXRUNTIME.open(model, 2, largest);
                StylizingEngine ort = new OrtEngine(model, 2);
                StylizingEngine tiles = new TiledEngine(model, 2, largest, Processor.CPU)) {
            assertThat(fallback.kindFor(400, 400)).isEqualTo(EngineKind.ONNXRUNTIME);
            assertThat(fallback.kindFor(404, 400)).isEqualTo(EngineKind.ONNXRUNTIME_TILED);
            assertThat(fallback.estimatedBytes(404, 400))
                    .isEqualTo(tiles.estimatedBytes(404, 400))
                    .isLessThan(ort.estimatedBytes(404, 400));
            // Back and forth, bit for bit what each engine gives.
            assertThat(fallback.stylize(small, 64, 64)).containsExactly(ort.stylize(small, 64, 64));
            assertThat(fallback.stylize(large, 404, 400)).containsExactly(tiles.stylize(large, 404, 400));
            assertThat(fallback.stylize(small, 64, 64)).containsExactly(ort.stylize(small, 64, 64));
        }
    }

    @Test
    void tilesWhereAskedForAndNd4jWhereEvenTheyTakeMore() {
        Model narrow = DrawnGenerator.model(new GeneratorArchitecture(2, 1, Padding.ZERO, 1e-5));
        try (StylizingEngine tiles = EngineKind.ONNXRUNTIME_TILED.open(narrow, 1, Long.MAX_VALUE)) {
            assertThat(tiles.kindFor(8, 8)).isEqualTo(EngineKind.ONNXRUNTIME_TILED);
        }
        Model wide = DrawnGenerator.model(new GeneratorArchitecture(128, 0, Padding.ZERO, 1e-5));
        long little = Nd4jEngine.estimatedBytes(wide.architecture(), 8, 8);
        try (StylizingEngine fallback = EngineKind.ONNXRUNTIME.open(wide, 1, little + Stylizer.cartoonBytes(8, 8))) {
            assertThat(fallback.kindFor(8, 8)).isEqualTo(EngineKind.ONNXRUNTIME);
            assertThat(fallback.kindFor(200, 200)).isEqualTo(EngineKind.ND4J);
            assertThat(fallback.kindFor(2000, 2000)).isEqualTo(EngineKind.ONNXRUNTIME_TILED);
        }
    }

    private static Tensor array(String relative) throws IOException {
        Path file = ReferenceData.require(relative);
        return NpyFile.read(Files.readAllBytes(file), relative);
    }

    private static double maxDifference(float[] output, Tensor expected) {
        assertThat(output).hasSameSizeAs(expected.values());
        double max = 0;
        for (int i = 0; i < output.length; i++) {
            double difference = Math.abs(output[i] - expected.values()[i]);
            assertThat(difference).isNotNaN();
            max = Math.max(max, difference);
        }
        return max;
    }
}
