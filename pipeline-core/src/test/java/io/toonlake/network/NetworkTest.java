package io.toonlake.network;

import static io.toonlake.network.NumericGradient.assertThatGradientIs;
import static io.toonlake.network.NumericGradient.random;
import static io.toonlake.network.NumericGradient.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class NetworkTest {
    @Test
    void publishedGeneratorHasAsManyParametersAsItsWeights() {
        try (Network generator = GeneratorArchitecture.published(Padding.ZERO).build(DataType.FLOAT, 1)) {
            assertThat(generator.flatParameters().length()).isEqualTo(11_129_667);
            assertThat(GeneratorArchitecture.published(Padding.ZERO).parameters())
                    .isEqualTo(11_129_667);
            assertThat(generator.parameters())
                    .containsKeys(
                            "conv01_1.weight", "in01_1.scale", "conv11_2.bias", "deconv03_1.weight", "in13_1.shift");
        }
    }

    @Test
    void publishedDiscriminatorHasAsManyParametersAsItsWeights() {
        try (Network discriminator = DiscriminatorArchitecture.published().build(DataType.FLOAT, 1)) {
            assertThat(discriminator.flatParameters().length()).isEqualTo(1_129_665);
            assertThat(DiscriminatorArchitecture.published().parameters()).isEqualTo(1_129_665);
        }
    }

    @Test
    void parametersAreCountedWithoutBuildingThem() {
        GeneratorArchitecture resizing = new GeneratorArchitecture(3, 2, Padding.REFLECT, Upsampling.RESIZE, 1e-5);
        try (Network generator = resizing.build(DataType.FLOAT, 1);
                Network discriminator = new DiscriminatorArchitecture(3, 1e-5).build(DataType.FLOAT, 1)) {
            assertThat(resizing.parameters())
                    .isEqualTo(generator.flatParameters().length());
            assertThat(new DiscriminatorArchitecture(3, 1e-5).parameters())
                    .isEqualTo(discriminator.flatParameters().length());
        }
        assertThat(new GeneratorArchitecture(2_048, 8, Padding.ZERO, 1e-5).parameters())
                .as("more than an array holds")
                .isGreaterThan(Integer.MAX_VALUE);
    }

    @Test
    void discriminatorJudgesEveryFourthPixel() {
        try (Network discriminator = new DiscriminatorArchitecture(2, 1e-5).build(DataType.FLOAT, 1)) {
            assertThat(discriminator
                            .forward(random(1, 2, 3, 64, 48).castTo(DataType.FLOAT))
                            .shape())
                    .containsExactly(2, 1, 16, 12);
        }
    }

    @ParameterizedTest
    @CsvSource({"ZERO, TRANSPOSED", "REFLECT, TRANSPOSED", "ZERO, RESIZE", "REFLECT, RESIZE"})
    void generatorGradientsAreTheDerivatives(Padding padding, Upsampling upsampling) {
        try (Network generator = new GeneratorArchitecture(2, 2, padding, upsampling, 1e-5).build(DataType.DOUBLE, 7)) {
            livelier(generator);
            INDArray photo = random(1, 2, 3, 16, 12);
            INDArray upstream = random(2, 2, 3, 16, 12);

            assertGradients(generator, photo, upstream);
        }
    }

    @Test
    void discriminatorGradientsAreTheDerivatives() {
        try (Network discriminator = new DiscriminatorArchitecture(2, 1e-5).build(DataType.DOUBLE, 7)) {
            livelier(discriminator);

            assertGradients(discriminator, random(1, 2, 3, 16, 12), random(2, 2, 1, 4, 3));
        }
    }

    private static void assertGradients(Network network, INDArray x, INDArray upstream) {
        network.forward(x);
        INDArray inputGradient = network.backward(upstream.dup());
        INDArray gradients = network.flatGradients().dup();
        network.forward(x);
        INDArray alone = network.inputGradient(upstream.dup());
        assertThat(alone.equalsWithEps(inputGradient, 1e-9)).isTrue();

        DoubleSupplier value = () -> weighted(network.forward(x), upstream);
        assertThatGradientIs(inputGradient, x, value, 31, 2e-6);
        assertThatGradientIs(gradients, network.flatParameters(), value, 53, 2e-6);
    }

    /** Weights of N(0, 0.02) make gradients too small to be told from rounding. */
    private static void livelier(Network network) {
        network.parameters().forEach((name, parameter) -> {
            if (name.endsWith("weight")) {
                parameter.muli(10);
            }
        });
    }

    @Test
    void biasBeforeANormGetsNoGradient() {
        try (Network generator = new GeneratorArchitecture(2, 1, Padding.ZERO, 1e-5).build(DataType.FLOAT, 7)) {
            generator.forward(random(1, 1, 3, 16, 16).castTo(DataType.FLOAT));
            generator.backward(random(2, 1, 3, 16, 16).castTo(DataType.FLOAT));
            INDArray before = generator.flatParameters().dup();
            generator.flatParameters().subi(generator.flatGradients());

            assertThat(generator.parameters().get("conv01_1.bias").amaxNumber().doubleValue())
                    .isZero();
            assertThat(generator.parameters().get("conv02_1.bias").amaxNumber().doubleValue())
                    .isPositive();
            assertThat(generator.flatParameters()).isNotEqualTo(before);
        }
    }

    @Test
    void initialWeightsAreNormalAndComeFromTheSeedAlone() throws InterruptedException {
        GeneratorArchitecture architecture = new GeneratorArchitecture(8, 2, Padding.ZERO, 1e-5);
        try (Network one = architecture.build(DataType.FLOAT, 5);
                Network other = architecture.build(DataType.FLOAT, 6)) {
            float[][] elsewhere = new float[1][];
            Thread thread = new Thread(() -> {
                try (Network same = architecture.build(DataType.FLOAT, 5)) {
                    elsewhere[0] = same.flatParameters().toFloatVector();
                }
            });
            thread.start();
            thread.join();

            assertThat(one.flatParameters().toFloatVector()).isEqualTo(elsewhere[0]);
            assertThat(one.flatParameters()).isNotEqualTo(other.flatParameters());
            INDArray weight = one.parameters().get("conv04_1.weight");
            assertThat(weight.stdNumber().doubleValue()).isCloseTo(0.02, within(1e-3));
            assertThat(weight.meanNumber().doubleValue()).isCloseTo(0, within(1e-3));
            assertThat(one.parameters().get("in04_1.scale").toFloatVector()).containsOnly(1);
            assertThat(one.parameters().get("in04_1.shift").toFloatVector()).containsOnly(0);
        }
    }

    @Test
    void parametersOfOtherNamesOrLengthsAreRefused() {
        try (Network discriminator = new DiscriminatorArchitecture(1, 1e-5).build(DataType.FLOAT, 1)) {
            assertThatThrownBy(() -> discriminator.load(Map.of("conv99.weight", new float[1])))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("missing [conv01_1.bias,")
                    .hasMessageContaining("unknown [conv99.weight]");
        }
    }
}
