package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChannelMomentsTest {
    @Test
    void partsGiveTheMomentsOfTheWholeThoughItsMeanIsFarFromZero() {
        SplittableRandom random = new SplittableRandom(2);
        float[] values = new float[100_003];
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (1e4 + random.nextDouble(-0.5, 0.5));
            sum += values[i];
        }
        double mean = sum / values.length;
        double squares = 0;
        for (float value : values) {
            squares += (value - mean) * (value - mean);
        }
        ChannelMoments moments = new ChannelMoments(1);
        for (Span part : Span.cut(values.length, 10_001)) {
            moments.add(FloatBuffer.wrap(values, part.from(), part.length()).slice(), part.length());
        }
        assertThat(moments.mean(0)).isCloseTo(mean, within(1e-9));
        assertThat(moments.variance(0)).isCloseTo(squares / values.length, within(1e-9));
    }

    @Test
    void scalingNormalizesAndLeavesAFlatChannelFinite() {
        ChannelMoments moments = new ChannelMoments(2);
        moments.add(FloatBuffer.wrap(new float[] {1, 3, 0.1f, 0.1f}), 2);
        moments.add(FloatBuffer.wrap(new float[] {2, 0.1f}), 1);
        assertThat(moments.mean(0)).isEqualTo(2);
        assertThat(moments.variance(0)).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(moments.variance(1)).isZero();

        ChannelScaling scaling = moments.scaling(new float[] {2, 1}, new float[] {5, 7}, 1 / 3.0);

        assertThat(scaling.factors()[0]).isCloseTo(2, within(1e-12));
        assertThat(scaling.offsets()[0]).isCloseTo(5 - 2 * 2, within(1e-12));
        assertThat(0.1f * scaling.factors()[1] + scaling.offsets()[1]).isCloseTo(7, within(1e-9));
    }
}
