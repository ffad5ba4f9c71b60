package io.toonlake.network;

import static io.toonlake.network.NumericGradient.assertThatGradientIs;
import static io.toonlake.network.NumericGradient.random;
import static io.toonlake.network.NumericGradient.weighted;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class MaxPoolTest {
    @Test
    void theLargestOfEveryFourRemainsAndOddEdgesAreDropped() {
        INDArray x = Nd4j.createFromArray(new double[][] {
                    {1, 5, -3, -4, 9},
                    {2, 3, -1, -2, 9},
                    {7, 7, 7, 7, 7}
                })
                .reshape(1, 1, 3, 5);

        INDArray y = MaxPool.forward(x);

        assertThat(y.shape()).containsExactly(1, 1, 1, 2);
        assertThat(y.ravel().toDoubleVector()).containsExactly(5, -1);
    }

    @Test
    void gradientIsTheDerivative() {
        INDArray x = random(1, 2, 3, 6, 7);
        INDArray upstream = random(2, 2, 3, 3, 3);

        INDArray gradient = MaxPool.backward(x, upstream);

        assertThatGradientIs(gradient, x, () -> weighted(MaxPool.forward(x), upstream));
    }

    /** After a ReLU whole squares are zero; what flows back must still add up to what came in. */
    @Test
    void oneOfEqualPixelsGetsTheWholeGradient() {
        INDArray gradient =
                MaxPool.backward(Nd4j.zeros(2, 3, 4, 4), Nd4j.ones(2, 3, 2, 2).muli(5));

        assertThat(gradient.sumNumber().doubleValue()).isEqualTo(2 * 3 * 4 * 5);
        assertThat(gradient.gt(0).castTo(gradient.dataType()).sumNumber().intValue())
                .isEqualTo(2 * 3 * 4);
    }
}
