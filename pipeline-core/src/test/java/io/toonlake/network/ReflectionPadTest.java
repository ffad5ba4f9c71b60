package io.toonlake.network;

import static io.toonlake.network.NumericGradient.assertThatGradientIs;
import static io.toonlake.network.NumericGradient.random;
import static io.toonlake.network.NumericGradient.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ReflectionPadTest {
    @Test
    void mirrorsBothWaysWithoutRepeatingTheBorder() {
        INDArray picture = Nd4j.createFromArray(new double[][] {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}})
                .reshape(1, 1, 3, 3);

        INDArray padded = ReflectionPad.forward(picture, 2);

        assertThat(padded.reshape(7, 7).toDoubleMatrix()).isDeepEqualTo(new double[][] {
            {9, 8, 7, 8, 9, 8, 7},
            {6, 5, 4, 5, 6, 5, 4},
            {3, 2, 1, 2, 3, 2, 1},
            {6, 5, 4, 5, 6, 5, 4},
            {9, 8, 7, 8, 9, 8, 7},
            {6, 5, 4, 5, 6, 5, 4},
            {3, 2, 1, 2, 3, 2, 1}
        });
    }

    @Test
    void gradientIsTheDerivative() {
        INDArray x = random(1, 2, 2, 5, 4);
        INDArray upstream = random(2, 2, 2, 11, 10);

        INDArray gradient = ReflectionPad.backward(upstream.dup(), 3);

        assertThatGradientIs(gradient, x, () -> weighted(ReflectionPad.forward(x, 3), upstream));
    }

    @Test
    void pictureTooSmallToMirrorIsRefused() {
        INDArray x = random(1, 1, 1, 5, 3);

        assertThatThrownBy(() -> ReflectionPad.forward(x, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Cannot reflect 3 pixels of a 3×5 picture: both sides must be longer");
    }
}
