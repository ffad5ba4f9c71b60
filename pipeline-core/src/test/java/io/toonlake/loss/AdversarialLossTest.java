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
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class AdversarialLossTest {
    /** At logits 0 and ln 3 the sigmoid is 1/2 and 3/4: mean −log of them is ½·(ln 2 + ln 4/3), of the rest ½·(ln 2 + ln 4). */
    @ParameterizedTest
    @CsvSource({"BCE, 0.4904146265058631, 1.0397207708399179", "LSGAN, 0.5048621917381813, 0.6034744804062912"})
    void isTheMeanOverAllPatches(AdversarialLoss loss, double real, double fake) {
        INDArray logits = Nd4j.createFromArray(0.0, Math.log(3)).reshape(1, 1, 1, 2);

        assertThat(loss.towardsReal(logits).value()).isCloseTo(real, within(1e-12));
        assertThat(loss.towardsFake(logits).value()).isCloseTo(fake, within(1e-12));
    }

    @ParameterizedTest
    @EnumSource
    void gradientsAreTheDerivatives(AdversarialLoss loss) {
        INDArray logits = random(1, 2, 1, 4, 4).muli(3);

        assertThatGradientIs(
                loss.towardsReal(logits).gradient(),
                logits,
                () -> loss.towardsReal(logits).value());
        assertThatGradientIs(
                loss.towardsFake(logits).gradient(),
                logits,
                () -> loss.towardsFake(logits).value());
    }

    @Test
    void crossEntropyOfASureAndWrongDiscriminatorIsLargeNotInfinite() {
        INDArray logits = Nd4j.createFromArray(-1000f).reshape(1, 1, 1, 1);

        Loss loss = AdversarialLoss.BCE.towardsReal(logits);

        assertThat(loss.value()).isEqualTo(1000);
        assertThat(loss.gradient().getDouble(0)).isEqualTo(-1);
        assertThat(AdversarialLoss.BCE.towardsFake(logits).value()).isZero();
    }

    @Test
    void gradientIsShapedAndTypedLikeTheLogits() {
        INDArray logits = random(1, 2, 1, 4, 3).castTo(DataType.FLOAT);

        INDArray gradient = AdversarialLoss.LSGAN.towardsFake(logits).gradient();

        assertThat(gradient.shape()).isEqualTo(logits.shape());
        assertThat(gradient.dataType()).isEqualTo(DataType.FLOAT);
    }

    @Test
    void unknownWordIsRefusedWithThoseThereAre() {
        assertThat(AdversarialLoss.of("lsgan")).isEqualTo(AdversarialLoss.LSGAN);
        assertThatThrownBy(() -> AdversarialLoss.of("wgan"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid adversarial loss: wgan (must be one of bce, lsgan)");
    }

    /** ln 2 for each of two kinds; −ln ⅓ − 2·ln ⅔ and ⅔ for one real kind in three. */
    @Test
    void undecidedDiscriminatorKnowsOnlyHowManyKindsThereAre() {
        assertThat(AdversarialLoss.BCE.undecided(1)).isCloseTo(2 * Math.log(2), within(1e-12));
        assertThat(AdversarialLoss.BCE.undecided(2)).isCloseTo(Math.log(3) + 2 * Math.log(1.5), within(1e-12));
        assertThat(AdversarialLoss.LSGAN.undecided(1)).isCloseTo(0.5, within(1e-12));
        assertThat(AdversarialLoss.LSGAN.undecided(2)).isCloseTo(2.0 / 3, within(1e-12));
    }
}
