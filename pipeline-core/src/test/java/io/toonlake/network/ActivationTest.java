package io.toonlake.network;

import static io.toonlake.network.NumericGradient.assertThatGradientIs;
import static io.toonlake.network.NumericGradient.random;
import static io.toonlake.network.NumericGradient.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ActivationTest {
    @ParameterizedTest
    @CsvSource({"NONE, -2, 3", "RELU, 0, 3", "LEAKY_RELU, -0.4, 3", "TANH, -0.9640275800758169, 0.9950547536867305"})
    void valuesAreAsDefined(Activation activation, double ofMinusTwo, double ofThree) {
        INDArray x = Nd4j.createFromArray(-2.0, 3.0);

        activation.forward(x);

        assertThat(x.toDoubleVector()).containsExactly(new double[] {ofMinusTwo, ofThree}, within(1e-7));
    }

    @ParameterizedTest
    @EnumSource
    void gradientIsTheDerivative(Activation activation) {
        INDArray x = random(1, 2, 3, 4, 4);
        INDArray upstream = random(2, 2, 3, 4, 4);
        INDArray gradient = upstream.dup();

        activation.backward(activated(activation, x), gradient);

        assertThatGradientIs(gradient, x, () -> weighted(activated(activation, x), upstream));
    }

    /** The slope must be read from the output, where all that was negative is now exactly zero. */
    @Test
    void nothingFlowsBackThroughASilentRelu() {
        INDArray y = Nd4j.createFromArray(0.0, 1.0);
        INDArray gradient = Nd4j.createFromArray(5.0, 5.0);

        Activation.RELU.backward(y, gradient);

        assertThat(gradient.toDoubleVector()).containsExactly(0, 5);
    }

    private static INDArray activated(Activation activation, INDArray x) {
        INDArray y = x.dup();
        activation.forward(y);
        return y;
    }
}
