package io.toonlake.loss;

import static io.toonlake.network.NumericGradient.assertThatGradientIs;
import static io.toonlake.network.NumericGradient.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ContentLossTest {
    /** Differences 3, 0, −1, 2: mean of their sizes 6/4, of their squares 14/4. */
    @ParameterizedTest
    @CsvSource({"L1, 1.5", "L2, 3.5"})
    void isTheMeanOverAllEntries(ContentLoss loss, double expected) {
        INDArray features = Nd4j.createFromArray(4.0, 2.0, 0.0, 7.0).reshape(1, 2, 1, 2);
        INDArray target = Nd4j.createFromArray(1.0, 2.0, 1.0, 5.0).reshape(1, 2, 1, 2);

        assertThat(loss.between(features, target).value()).isCloseTo(expected, within(1e-12));
    }

    @ParameterizedTest
    @EnumSource
    void doesNotDependOnHowManyPicturesThereAre(ContentLoss loss) {
        INDArray features = random(1, 1, 2, 3, 3);
        INDArray target = random(2, 1, 2, 3, 3);

        assertThat(loss.between(Nd4j.concat(0, features, features), Nd4j.concat(0, target, target))
                        .value())
                .isCloseTo(loss.between(features, target).value(), within(1e-12));
    }

    @ParameterizedTest
    @EnumSource
    void gradientIsTheDerivative(ContentLoss loss) {
        INDArray features = random(1, 2, 3, 4, 4);
        INDArray target = random(2, 2, 3, 4, 4);

        INDArray gradient = loss.between(features, target).gradient();

        assertThatGradientIs(
                gradient, features, () -> loss.between(features, target).value());
    }

    @Test
    void unknownWordIsRefusedWithThoseThereAre() {
        assertThat(ContentLoss.of("l2")).isEqualTo(ContentLoss.L2);
        assertThatThrownBy(() -> ContentLoss.of("l3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid content loss: l3 (must be one of l1, l2)");
    }
}
