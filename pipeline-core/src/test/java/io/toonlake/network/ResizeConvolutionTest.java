package io.toonlake.network;

import static io.toonlake.network.NumericGradient.assertThatGradientIs;
import static io.toonlake.network.NumericGradient.random;
import static io.toonlake.network.NumericGradient.weighted;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ResizeConvolutionTest {
    /** The kernel looks at the enlarged picture: a b over c d becomes a a b b, a a b b, c c d d, c c d d. */
    @Test
    void kernelMeetsAPictureOfRepeatedPixels() {
        INDArray x = Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}}).reshape(1, 1, 2, 2);
        INDArray rightNeighbour = Nd4j.createFromArray(new double[][] {{0, 0, 0}, {0, 0, 1}, {0, 0, 0}})
                .reshape(1, 1, 3, 3);
        INDArray none = Nd4j.zeros(DataType.DOUBLE, 1);

        assertThat(new ResizeConvolution(Padding.ZERO)
                        .forward(x, rightNeighbour, none)
                        .reshape(4, 4)
                        .toDoubleMatrix())
                .isDeepEqualTo(new double[][] {{1, 2, 2, 0}, {1, 2, 2, 0}, {3, 4, 4, 0}, {3, 4, 4, 0}});
        assertThat(new ResizeConvolution(Padding.REFLECT)
                        .forward(x, rightNeighbour, none)
                        .reshape(4, 4)
                        .toDoubleMatrix())
                .isDeepEqualTo(new double[][] {{1, 2, 2, 2}, {1, 2, 2, 2}, {3, 4, 4, 4}, {3, 4, 4, 4}});
    }

    @ParameterizedTest
    @EnumSource
    void gradientsAreTheDerivatives(Padding padding) {
        ResizeConvolution up = new ResizeConvolution(padding);
        INDArray x = random(1, 2, 3, 3, 4);
        INDArray weight = random(2, up.weightShape(3, 2));
        INDArray bias = random(3, 2);
        INDArray upstream = random(4, 2, 2, 6, 8);
        INDArray weightGradient = weight.ulike();
        INDArray biasGradient = bias.ulike();

        INDArray gradient = up.backward(x, weight, bias, upstream.dup(), weightGradient, biasGradient);

        DoubleSupplier value = () -> weighted(up.forward(x, weight, bias), upstream);
        assertThatGradientIs(gradient, x, value);
        assertThatGradientIs(weightGradient, weight, value);
        assertThatGradientIs(biasGradient, bias, value);
    }
}
