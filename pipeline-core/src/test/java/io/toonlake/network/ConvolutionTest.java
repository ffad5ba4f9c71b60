package io.toonlake.network;

import static io.toonlake.network.NumericGradient.assertThatGradientIs;
import static io.toonlake.network.NumericGradient.random;
import static io.toonlake.network.NumericGradient.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

class ConvolutionTest {
    @Test
    void everyOutputPixelIsTheSumItShouldBe() {
        Convolution convolution = new Convolution(3, 2, 1, Padding.ZERO);
        INDArray x = random(1, 2, 3, 7, 6);
        INDArray weight = random(2, 4, 3, 3, 3);
        INDArray bias = random(3, 4);

        INDArray y = convolution.forward(x, weight, bias);

        assertThat(y.shape()).containsExactly(2, 4, 4, 3);
        for (int n = 0; n < 2; n++) {
            for (int out = 0; out < 4; out++) {
                for (int row = 0; row < 4; row++) {
                    for (int column = 0; column < 3; column++) {
                        assertThat(y.getDouble(n, out, row, column))
                                .isCloseTo(byHand(x, weight, bias, n, out, row, column), within(1e-12));
                    }
                }
            }
        }
    }

    private static double byHand(INDArray x, INDArray weight, INDArray bias, int n, int out, int row, int column) {
        double sum = bias.getDouble(out);
        for (int in = 0; in < x.size(1); in++) {
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 3; j++) {
                    int y = 2 * row + i - 1;
                    int z = 2 * column + j - 1;
                    if (y >= 0 && z >= 0 && y < x.size(2) && z < x.size(3)) {
                        sum += x.getDouble(n, in, y, z) * weight.getDouble(out, in, i, j);
                    }
                }
            }
        }
        return sum;
    }

    @Test
    void reflectionIsAConvolutionOfTheMirroredPicture() {
        INDArray x = random(1, 1, 2, 6, 5);
        INDArray weight = random(2, 3, 2, 3, 3);
        INDArray bias = random(3, 3);

        INDArray y = new Convolution(3, 1, 1, Padding.REFLECT).forward(x, weight, bias);

        assertThat(y)
                .isEqualTo(new Convolution(3, 1, 0, Padding.ZERO).forward(ReflectionPad.forward(x, 1), weight, bias));
    }

    /** To the last bit: what was learned before large planes were turned can be learned again. */
    @ParameterizedTest
    @CsvSource({
        "1, 3, 20, 3, 1, 140, 130",
        "2, 5, 17, 3, 1, 128, 129",
        "1, 64, 9, 7, 1, 129, 131",
        "1, 8, 16, 3, 2, 260, 257"
    })
    void largePlanesAreConvolvedAsSmallOnesAre(
            int pictures, int in, int out, int kernel, int stride, int height, int width) {
        Convolution convolution = new Convolution(kernel, stride, kernel / 2, Padding.ZERO);
        INDArray x = random(1, pictures, in, height, width).castTo(DataType.FLOAT);
        INDArray weight = random(2, out, in, kernel, kernel).castTo(DataType.FLOAT);
        INDArray bias = random(3, out).castTo(DataType.FLOAT);

        INDArray y = convolution.forward(x, weight, bias);

        assumeTrue(ChannelsLast.pays(x, y), "a processor with AVX-512, on Linux");
        INDArray expected = y.ulike();
        Nd4j.exec(DynamicCustomOp.builder("conv2d")
                .addInputs(x, weight, bias)
                .addOutputs(expected)
                .addIntegerArguments(kernel, kernel, stride, stride, kernel / 2, kernel / 2, 1, 1, 0, 0, 1)
                .build());
        assertThat(y.data().asFloat()).isEqualTo(expected.data().asFloat());
    }

    @ParameterizedTest
    @CsvSource({
        "3, 1, 1, ZERO",
        "3, 1, 1, REFLECT",
        "3, 2, 1, ZERO",
        "3, 2, 1, REFLECT",
        "5, 1, 2, REFLECT",
        "7, 1, 3, REFLECT",
        "3, 1, 0, ZERO"
    })
    void gradientsAreTheDerivatives(int kernel, int stride, int pixels, Padding padding) {
        Convolution convolution = new Convolution(kernel, stride, pixels, padding);
        INDArray x = random(1, 2, 2, 6, 5);
        INDArray weight = random(2, 3, 2, kernel, kernel);
        INDArray bias = random(3, 3);
        INDArray upstream = random(4, convolution.forward(x, weight, bias).shape());
        INDArray weightGradient = weight.ulike();
        INDArray biasGradient = bias.ulike();

        INDArray gradient = convolution.backward(x, weight, bias, upstream.dup(), weightGradient, biasGradient);

        DoubleSupplier value = () -> weighted(convolution.forward(x, weight, bias), upstream);
        assertThatGradientIs(gradient, x, value);
        assertThatGradientIs(weightGradient, weight, value);
        assertThatGradientIs(biasGradient, bias, value);
        // Alone, and at odd and even sizes, which a stride of 2 leaves the same output for.
        assertThatGradientIs(convolution.inputGradient(x, weight, upstream), x, value);
        INDArray wider = random(5, 2, 2, 7, 6);
        INDArray upstreamOfWider =
                random(6, convolution.forward(wider, weight, bias).shape());
        assertThatGradientIs(
                convolution.inputGradient(wider, weight, upstreamOfWider),
                wider,
                () -> weighted(convolution.forward(wider, weight, bias), upstreamOfWider));
    }

    @ParameterizedTest
    @CsvSource({"3, 1, ZERO", "3, 2, ZERO", "7, 1, REFLECT"})
    void floatAgreesWithDouble(int kernel, int stride, Padding padding) {
        Convolution convolution = new Convolution(kernel, stride, kernel / 2, padding);
        INDArray x = random(1, 2, 8, 20, 18);
        INDArray weight = random(2, 16, 8, kernel, kernel);
        INDArray bias = random(3, 16);
        INDArray y = convolution.forward(x, weight, bias);
        INDArray upstream = random(4, y.shape());
        INDArray weightGradient = weight.ulike();
        INDArray gradient = convolution.backward(x, weight, bias, upstream, weightGradient, bias.ulike());

        INDArray x32 = x.castTo(DataType.FLOAT);
        INDArray weight32 = weight.castTo(DataType.FLOAT);
        INDArray bias32 = bias.castTo(DataType.FLOAT);
        INDArray weightGradient32 = weight32.ulike();
        INDArray alone32 = convolution.inputGradient(x32, weight32, upstream.castTo(DataType.FLOAT));
        INDArray gradient32 = convolution.backward(
                x32, weight32, bias32, upstream.castTo(DataType.FLOAT), weightGradient32, bias32.ulike());

        assertThat(convolution.forward(x32, weight32, bias32).equalsWithEps(y.castTo(DataType.FLOAT), 1e-4))
                .isTrue();
        assertThat(gradient32.equalsWithEps(gradient.castTo(DataType.FLOAT), 1e-4))
                .isTrue();
        assertThat(alone32.equalsWithEps(gradient32, 1e-4)).isTrue();
        assertThat(weightGradient32.equalsWithEps(weightGradient.castTo(DataType.FLOAT), 1e-3))
                .isTrue();
    }
}
