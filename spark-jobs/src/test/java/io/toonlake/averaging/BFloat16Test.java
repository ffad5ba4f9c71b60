package io.toonlake.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BFloat16Test {
    @Test
    void isWrongByOnePartIn256AtMostWhateverTheMagnitude() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 100_000; i++) {
            float value = (float) ((1 + random.nextDouble()) * Math.pow(10, random.nextInt(60) - 35));
            float signed = random.nextBoolean() ? value : -value;
            assertThat(Math.abs((double) BFloat16.value(BFloat16.of(signed)) - signed))
                    .isLessThanOrEqualTo(value / 256.0);
        }
    }

    @Test
    void roundsToEvenBetweenTwo() {
        assertThat(BFloat16.value(BFloat16.of(1 + 1f / 256))).isEqualTo(1f);
        assertThat(BFloat16.value(BFloat16.of(1 + 3f / 256))).isEqualTo(1 + 4f / 256);
        assertThat(BFloat16.value(BFloat16.of(-0f))).isEqualTo(-0f);
    }

    @Test
    void whatIsNoNumberStaysNone() {
        assertThat(BFloat16.value(BFloat16.of(Float.NaN))).isNaN();
        assertThat(BFloat16.value(BFloat16.of(Float.intBitsToFloat(0x7F800001))))
                .isNaN();
        assertThat(BFloat16.value(BFloat16.of(Float.NEGATIVE_INFINITY))).isEqualTo(Float.NEGATIVE_INFINITY);
    }
}
