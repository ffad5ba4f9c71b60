package io.toonlake.network;

import static io.toonlake.network.NumericGradient.assertThatGradientIs;
import static io.toonlake.network.NumericGradient.random;
import static io.toonlake.network.NumericGradient.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.toonlake.network.InstanceNorm.Statistics;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class InstanceNormTest {
    private final InstanceNorm norm = new InstanceNorm(1e-5);

    @Test
    void everyChannelOfEveryPictureTakesTheShiftAsMeanAndTheScaleAsDeviation() {
        INDArray x = random(1, 2, 3, 8, 8).muli(7).addi(3);
        INDArray scale = Nd4j.createFromArray(1.0, 2.0, 3.0);
        INDArray shift = Nd4j.createFromArray(-1.0, 0.0, 5.0);

        INDArray y = norm.forward(x, Statistics.of(x), scale, shift);

        for (int n = 0; n < 2; n++) {
            for (int c = 0; c < 3; c++) {
                INDArray plane = y.tensorAlongDimension(n * 3 + c, 2, 3);
                assertThat(plane.meanNumber().doubleValue()).isCloseTo(shift.getDouble(c), within(1e-9));
                assertThat(plane.var(false).getDouble(0)).isCloseTo(Math.pow(scale.getDouble(c), 2), within(1e-4));
            }
        }
    }

    @Test
    void varianceIsTheBiasedOneAndEpsilonIsAddedToIt() {
        INDArray x = Nd4j.createFromArray(1.0, 3.0).reshape(1, 1, 1, 2);

        INDArray y = new InstanceNorm(3)
                .forward(x, Statistics.of(x), Nd4j.ones(DataType.DOUBLE, 1), Nd4j.zeros(DataType.DOUBLE, 1));

        assertThat(y.ravel().toDoubleVector()).containsExactly(new double[] {-0.5, 0.5}, within(1e-12));
    }

    @Test
    void gradientsAreTheDerivatives() {
        INDArray x = random(1, 2, 3, 4, 5);
        INDArray scale = random(2, 3);
        INDArray shift = random(3, 3);
        INDArray upstream = random(4, 2, 3, 4, 5);
        INDArray scaleGradient = scale.ulike();
        INDArray shiftGradient = shift.ulike();

        INDArray gradient =
                norm.backward(x, Statistics.of(x), scale, shift, upstream.dup(), scaleGradient, shiftGradient);

        DoubleSupplier value = () -> weighted(norm.forward(x, Statistics.of(x), scale, shift), upstream);
        assertThatGradientIs(gradient, x, value);
        assertThatGradientIs(scaleGradient, scale, value);
        assertThatGradientIs(shiftGradient, shift, value);
    }

    @Test
    void floatAgreesWithDouble() {
        INDArray x = random(1, 2, 16, 24, 20).addi(0.5);
        INDArray scale = random(2, 16);
        INDArray shift = random(3, 16);
        INDArray upstream = random(4, x.shape());
        INDArray scaleGradient = scale.ulike();
        INDArray gradient = norm.backward(x, Statistics.of(x), scale, shift, upstream, scaleGradient, shift.ulike());

        INDArray x32 = x.castTo(DataType.FLOAT);
        INDArray scale32 = scale.castTo(DataType.FLOAT);
        INDArray shift32 = shift.castTo(DataType.FLOAT);
        INDArray scaleGradient32 = scale32.ulike();
        INDArray gradient32 = norm.backward(
                x32,
                Statistics.of(x32),
                scale32,
                shift32,
                upstream.castTo(DataType.FLOAT),
                scaleGradient32,
                shift32.ulike());

        assertThat(norm.forward(x32, Statistics.of(x32), scale32, shift32)
                        .equalsWithEps(
                                norm.forward(x, Statistics.of(x), scale, shift).castTo(DataType.FLOAT), 1e-5))
                .isTrue();
        assertThat(gradient32.equalsWithEps(gradient.castTo(DataType.FLOAT), 1e-5))
                .isTrue();
        assertThat(scaleGradient32.equalsWithEps(scaleGradient.castTo(DataType.FLOAT), 1e-3))
                .isTrue();
    }
}
