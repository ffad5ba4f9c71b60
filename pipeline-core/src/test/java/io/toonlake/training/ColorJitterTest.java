package io.toonlake.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ColorJitterTest {
    private static final int PICTURES = 3;

    private static ColorJitter jitter(long seed) {
        return new ColorJitter(PICTURES, new SplittableRandom(seed));
    }

    private static INDArray pictures(long seed) {
        return Nd4j.rand(seed, new long[] {PICTURES, 3, 4, 5})
                .castTo(DataType.DOUBLE)
                .muli(2)
                .subi(1);
    }

    private static INDArray grey(double level) {
        return Nd4j.valueArrayOf(new long[] {PICTURES, 3, 4, 5}, level, DataType.DOUBLE);
    }

    @Test
    void picturesKeepTheirShapesAndChangeTheirColoursEachInItsOwnWay() {
        INDArray pictures = pictures(1);
        INDArray before = pictures.dup();

        INDArray changed = jitter(3).apply(pictures);

        assertThat(pictures).isEqualTo(before);
        for (int n = 0; n < PICTURES; n++) {
            // What a pixel's mean over the channels differs by from another's is multiplied by the same contrast
            // everywhere.
            double contrast = greyDifference(changed, n, 0) / greyDifference(pictures, n, 0);
            assertThat(contrast).isBetween(0.5, 1.5);
            assertThat(greyDifference(changed, n, 1) / greyDifference(pictures, n, 1))
                    .isCloseTo(contrast, within(1e-5));
        }
        INDArray casts = jitter(3).apply(grey(0));
        assertThat(casts.amaxNumber().doubleValue()).isBetween(0.05, 0.75);
        assertThat(casts.getDouble(0, 0, 0, 0)).isNotCloseTo(casts.getDouble(0, 1, 0, 0), within(1e-3));
        assertThat(casts.getDouble(0, 0, 0, 0)).isNotCloseTo(casts.getDouble(1, 0, 0, 0), within(1e-3));
        assertThat(casts.getDouble(0, 0, 0, 0)).isEqualTo(casts.getDouble(0, 0, 3, 4));
    }

    private static double greyDifference(INDArray pictures, int n, int x) {
        double sum = 0;
        for (int channel = 0; channel < 3; channel++) {
            sum += pictures.getDouble(n, channel, 1, x + 1) - pictures.getDouble(n, channel, 2, x);
        }
        return sum;
    }

    @Test
    void saturationIsDrawnFromGreyToTwiceAsMuch() {
        INDArray red = grey(0);
        red.get(NDArrayIndex.all(), NDArrayIndex.point(2)).assign(1);
        double least = Double.MAX_VALUE;
        double most = 0;
        for (int seed = 0; seed < 50; seed++) {
            INDArray casts = jitter(seed).apply(grey(0));
            INDArray colours = jitter(seed).apply(red).subi(casts);
            double contrast = colours.mean(1).getDouble(0, 0, 0) * 3;
            double saturation = (colours.getDouble(0, 2, 0, 0) - colours.getDouble(0, 1, 0, 0)) / contrast;
            least = Math.min(least, saturation);
            most = Math.max(most, saturation);
        }
        assertThat(least).isBetween(-1e-5, 0.2);
        assertThat(most).isBetween(1.8, 2 + 1e-5);
    }

    @Test
    void gradientGoesBackThroughTheSameColours() {
        ColorJitter jitter = jitter(7);
        INDArray pictures = pictures(1);
        INDArray gradient = pictures(2);

        INDArray linear = jitter.apply(pictures).subi(jitter.apply(grey(0)));

        // <A x, g> = <x, A' g>, the definition of the adjoint.
        assertThat(pictures.mul(jitter.backward(gradient)).sumNumber().doubleValue())
                .isCloseTo(linear.mul(gradient).sumNumber().doubleValue(), within(1e-5));
    }

    @Test
    void sameDrawsAreTheSameColours() {
        INDArray pictures = pictures(1);

        assertThat(jitter(3).apply(pictures)).isEqualTo(jitter(3).apply(pictures));
        assertThat(jitter(3).apply(pictures)).isNotEqualTo(jitter(4).apply(pictures));
    }
}
