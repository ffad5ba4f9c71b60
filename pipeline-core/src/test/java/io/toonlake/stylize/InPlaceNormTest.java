package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class InPlaceNormTest {
    private static final int SIDE = 2048;

    /** A channel far from zero with a small spread: where sums in single precision lose their digits. */
    @Test
    void fourMillionPixelsFarFromZeroAreNormalizedAsInDoublePrecision() {
        float[] values = new float[SIDE * SIDE];
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = 10 + (float) Math.sin(0.37 * i) * 0.1f + (i >= values.length / 2 ? 0.05f : 0);
            sum += values[i];
        }
        double mean = sum / values.length;
        double squares = 0;
        for (float value : values) {
            squares += (value - mean) * (value - mean);
        }
        double deviation = Math.sqrt(squares / values.length + 1e-9);
        try (INDArray x = Nd4j.create(values, new long[] {1, 1, SIDE, SIDE}, 'c');
                INDArray scale = Nd4j.createFromArray(1.5f);
                INDArray shift = Nd4j.createFromArray(-0.5f)) {
            new InPlaceNorm(scale, shift, 1e-9).apply(x);
            float[] normalized = x.data().asFloat();
            double worst = 0;
            for (int i = 0; i < values.length; i++) {
                worst = Math.max(worst, Math.abs((values[i] - mean) / deviation * 1.5 - 0.5 - normalized[i]));
            }
            assertThat(worst).isLessThan(5e-6);
        }
    }

    @Test
    void flatChannelBecomesItsShift() {
        try (INDArray x = Nd4j.valueArrayOf(new long[] {1, 2, 8, 12}, 3.0, DataType.FLOAT);
                INDArray scale = Nd4j.createFromArray(1f, 2f);
                INDArray shift = Nd4j.createFromArray(0.25f, -1f)) {
            new InPlaceNorm(scale, shift, 1e-5).apply(x);
            assertThat(x.data().asFloat()[0]).isEqualTo(0.25f);
            assertThat(x.data().asFloat()[2 * 96 - 1]).isEqualTo(-1f);
        }
    }
}
