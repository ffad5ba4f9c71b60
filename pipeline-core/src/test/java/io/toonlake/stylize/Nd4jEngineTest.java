package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.model.Model;
import io.toonlake.model.ModelOrigin;
import io.toonlake.model.NpyFile;
import io.toonlake.model.PublishedWeights;
import io.toonlake.model.Tensor;
import io.toonlake.model.Tensors;
import io.toonlake.network.Padding;
import io.toonlake.testing.ReferenceData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class Nd4jEngineTest {
    @ParameterizedTest
    @EnumSource
    void smallGeneratorGivesPyTorchsPicture(Padding padding) throws IOException {
        Tensor input = SmallGenerator.array("small-input");
        try (Nd4jEngine engine = new Nd4jEngine(SmallGenerator.model(padding))) {
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
        try (Nd4jEngine engine = new Nd4jEngine(model)) {
            for (String size : new String[] {"256x256", "300x200"}) {
                Tensor input = array("reference/%s.%s.input.npy".formatted(photo, size));
                Tensor expected = array("reference/%s.%s.%s.%s.npy".formatted(photo, size, style, padding));
                float[] output = engine.stylize(
                        input.values(), input.shape().get(3), input.shape().get(2));
                double difference = maxDifference(output, expected);
                System.out.printf("%s %s %s %s: %.2e%n", style, photo, size, padding, difference);
                assertThat(difference).as(size).isLessThan(1e-4);
            }
        }
    }

    @Test
    void sizesThatDoNotFitAreRefused() throws IOException {
        try (Nd4jEngine engine = new Nd4jEngine(SmallGenerator.model(Padding.ZERO))) {
            assertThatThrownBy(() -> engine.stylize(new float[3 * 10 * 8], 10, 8))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Invalid picture size: 10x8 (sides must be multiples of 4 and >= 8)");
            assertThatThrownBy(() -> engine.stylize(new float[3 * 4 * 8], 4, 8)).hasMessageContaining("4x8");
            assertThatThrownBy(() -> engine.stylize(new float[5], 8, 8))
                    .hasMessageContaining("5 values (3x8x8 has 192)");
        }
    }

    @ParameterizedTest
    @EnumSource
    void leastSizeIsStylized(Padding padding) throws IOException {
        try (Nd4jEngine engine = new Nd4jEngine(SmallGenerator.model(padding))) {
            int side = engine.minSidePixels();
            assertThat(engine.stylize(new float[3 * side * side], side, side)).hasSize(3 * side * side);
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
