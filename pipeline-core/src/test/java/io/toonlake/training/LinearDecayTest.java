package io.toonlake.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LinearDecayTest {
    @Test
    void rateIsConstantThenFallsInEqualStepsToTheLast() {
        LinearDecay decay = LinearDecay.over(8, 0.5);

        double[] expected = {1, 1, 1, 1, 1, 0.75, 0.5, 0.25};
        for (int step = 0; step < expected.length; step++) {
            assertThat(decay.factor(step)).as("step %d", step).isCloseTo(expected[step], within(1e-12));
        }
        assertThat(decay.factor(1000)).isEqualTo(0.25);
    }

    @Test
    void withoutDecayTheRateStays() {
        assertThat(LinearDecay.over(8, 1)).isEqualTo(LinearDecay.NONE);
        assertThat(LinearDecay.over(0, 0.3)).isEqualTo(LinearDecay.NONE);
        assertThat(LinearDecay.NONE.factor(1_000_000)).isEqualTo(1);
    }

    @Test
    void startOutsideThePhaseIsRefused() {
        assertThatThrownBy(() -> LinearDecay.over(8, 1.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid start of decay: 1.5 (must be in [0, 1])");
    }
}
