package io.toonlake.network;

import static io.toonlake.network.NumericGradient.assertThatGradientIs;
import static io.toonlake.network.NumericGradient.random;
import static io.toonlake.network.NumericGradient.weighted;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TransposedConvolutionTest {
    /** By PyTorch's definition input pixel i reaches output pixels 2·i − 1 + (0, 1, 2), cut at 2H. */
    @Test
    void onePixelBecomesTheKernelAroundTwiceItsPlace() {
        INDArray x = Nd4j.zeros(DataType.DOUBLE, 1, 1, 2, 2);
        x.putScalar(0, 0, 0, 1, 1.0);
        INDArray weight = Nd4j.createFromArray(new double[][] {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}})
                .reshape(1, 1, 3, 3);

        INDArray y = TransposedConvolution.forward(x, weight, Nd4j.zeros(DataType.DOUBLE, 1));

        assertThat(y.reshape(4, 4).toDoubleMatrix()).isDeepEqualTo(new double[][] {
            {0, 4, 5, 6},
            {0, 7, 8, 9},
            {0, 0, 0, 0},
            {0, 0, 0, 0}
        });
    }

    @Test
    void gradientsAreTheDerivatives() {
        INDArray x = random(1, 2, 3, 3, 4);
        INDArray weight = random(2, 3, 2, 3, 3);
        INDArray bias = random(3, 2);
        INDArray upstream = random(4, 2, 2, 6, 8);
        INDArray weightGradient = weight.ulike();
        INDArray biasGradient = bias.ulike();

        INDArray gradient =
                TransposedConvolution.backward(x, weight, bias, upstream.dup(), weightGradient, biasGradient);

        DoubleSupplier value = () -> weighted(TransposedConvolution.forward(x, weight, bias), upstream);
        assertThatGradientIs(gradient, x, value);
        assertThatGradientIs(weightGradient, weight, value);
        assertThatGradientIs(biasGradient, bias, value);
    }

    @Test
    void floatAgreesWithDouble() {
        INDArray x = random(1, 2, 8, 9, 10);
        INDArray weight = random(2, 8, 16, 3, 3);
        INDArray bias = random(3, 16);
        INDArray upstream = random(4, 2, 16, 18, 20);
        INDArray weightGradient = weight.ulike();
        INDArray gradient = TransposedConvolution.backward(x, weight, bias, upstream, weightGradient, bias.ulike());

        INDArray x32 = x.castTo(DataType.FLOAT);
        INDArray weight32 = weight.castTo(DataType.FLOAT);
        INDArray bias32 = bias.castTo(DataType.FLOAT);
        INDArray weightGradient32 = weight32.ulike();
        INDArray gradient32 = TransposedConvolution.backward(
                x32, weight32, bias32, upstream.castTo(DataType.FLOAT), weightGradient32, bias32.ulike());

        assertThat(TransposedConvolution.forward(x32, weight32, bias32)
                        .equalsWithEps(
                                TransposedConvolution.forward(x, weight, bias).castTo(DataType.FLOAT), 1e-4))
                .isTrue();
        assertThat(gradient32.equalsWithEps(gradient.castTo(DataType.FLOAT), 1e-4))
                .isTrue();
        assertThat(weightGradient32.equalsWithEps(weightGradient.castTo(DataType.FLOAT), 1e-3))
                .isTrue();
    }
}
