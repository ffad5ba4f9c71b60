package io.toonlake.loss;

import static io.toonlake.network.NumericGradient.assertThatGradientIs;
import static io.toonlake.network.NumericGradient.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TotalVariationLossTest {
    private static final TotalVariationLoss PLAIN = new TotalVariationLoss(3, 2);

    @ParameterizedTest
    @ValueSource(doubles = {2, 0.3})
    void isTheMeanDifferenceOfNeighboursUpToTheLimit(double limit) {
        INDArray pictures = random(1, 2, 3, 5, 7);
        double inColumns = 0;
        double inRows = 0;
        for (int n = 0; n < 2; n++) {
            for (int c = 0; c < 3; c++) {
                for (int y = 0; y < 5; y++) {
                    for (int x = 0; x < 7; x++) {
                        double here = pictures.getDouble(n, c, y, x);
                        if (y > 0) {
                            inColumns += Math.min(limit, Math.abs(here - pictures.getDouble(n, c, y - 1, x)));
                        }
                        if (x > 0) {
                            inRows += Math.min(limit, Math.abs(here - pictures.getDouble(n, c, y, x - 1)));
                        }
                    }
                }
            }
        }

        assertThat(new TotalVariationLoss(1, limit).of(pictures).value())
                .isCloseTo(inColumns / (2 * 3 * 4 * 7) + inRows / (2 * 3 * 5 * 6), within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(doubles = {2, 0.3})
    void gradientIsTheDerivativeWhicheverWayPicturesLieInMemory(double limit) {
        TotalVariationLoss loss = new TotalVariationLoss(1, limit);
        INDArray pictures = random(1, 2, 3, 6, 5);

        INDArray gradient = loss.of(pictures).gradient();

        assertThatGradientIs(gradient, pictures, () -> loss.of(pictures).value());
        assertThat(loss.of(pictures.dup('f')).gradient()).isEqualTo(gradient);
    }

    @Test
    void anEdgeBeyondTheLimitIsNotPulledAt() {
        INDArray edge = Nd4j.zeros(DataType.DOUBLE, 1, 1, 4, 4);
        for (int y = 0; y < 4; y++) {
            edge.putScalar(new int[] {0, 0, y, 2}, 0.8).putScalar(new int[] {0, 0, y, 3}, 0.8);
        }

        assertThat(new TotalVariationLoss(1, 0.5)
                        .of(edge)
                        .gradient()
                        .amaxNumber()
                        .doubleValue())
                .isZero();
        assertThat(PLAIN.of(edge).gradient().getDouble(0, 0, 1, 2)).isCloseTo(1.0 / 12, within(1e-12));
    }

    @Test
    void aPictureOfOneColourHasNone() {
        Loss loss = PLAIN.of(Nd4j.valueArrayOf(new long[] {1, 3, 8, 8}, 0.25, DataType.FLOAT));

        assertThat(loss.value()).isZero();
        assertThat(loss.gradient().amaxNumber().doubleValue()).isZero();
    }

    @Test
    void picturesStayAsTheyAre() {
        INDArray pictures = random(1, 1, 3, 8, 8);
        INDArray before = pictures.dup();

        PLAIN.of(pictures);

        assertThat(pictures).isEqualTo(before);
    }

    @Test
    void weightsAndLimitsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new TotalVariationLoss(-1, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid total variation loss: weight -1.0, limit 2.0 (must be >= 0, > 0)");
        assertThatThrownBy(() -> new TotalVariationLoss(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
