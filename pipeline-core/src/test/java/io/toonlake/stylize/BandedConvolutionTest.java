package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.network.Convolution;
import io.toonlake.network.Padding;
import io.toonlake.network.ResizeConvolution;
import io.toonlake.network.TransposedConvolution;
import io.toonlake.network.Upsampling;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Maps large enough for several bands, of which the last is shorter, against the operation on the whole map. */
class BandedConvolutionTest {
    private static final int CHANNELS = 8;

    @ParameterizedTest
    @CsvSource({"3, 1, 1, ZERO", "3, 1, 1, REFLECT", "3, 2, 1, ZERO", "3, 2, 1, REFLECT", "7, 1, 3, REFLECT"})
    void bandsGiveTheWholeConvolution(int kernel, int stride, int pixels, Padding padding) {
        Convolution geometry = new Convolution(kernel, stride, pixels, padding);
        try (INDArray x = random(1, CHANNELS, 500, 600);
                INDArray weight = random(CHANNELS, CHANNELS, kernel, kernel);
                INDArray bias = random(CHANNELS);
                INDArray whole = geometry.forward(x, weight, bias)) {
            BandedConvolution banded = new BandedConvolution(weight, bias, geometry);
            try (INDArray y = banded.forward(x)) {
                assertThat(maxDifference(y, whole)).isLessThan(1e-5);
            }
            if (stride == 1) {
                banded.inPlace(x);
                assertThat(maxDifference(x, whole)).isLessThan(1e-5);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"TRANSPOSED, ZERO", "RESIZE, ZERO", "RESIZE, REFLECT"})
    void bandsGiveTheWholeUpConvolution(Upsampling upsampling, Padding padding) {
        try (INDArray x = random(1, 2 * CHANNELS, 301, 500);
                INDArray weight = random(upsampling.weightShape(2 * CHANNELS, CHANNELS));
                INDArray bias = random(CHANNELS);
                INDArray whole = upsampling == Upsampling.TRANSPOSED
                        ? TransposedConvolution.forward(x, weight, bias)
                        : new ResizeConvolution(padding).forward(x, weight, bias);
                INDArray y = new BandedUpConvolution(weight, bias, upsampling, padding).forward(x)) {
            assertThat(y.shape()).isEqualTo(whole.shape()).containsExactly(1, CHANNELS, 602, 1000);
            assertThat(maxDifference(y, whole)).isLessThan(1e-5);
        }
    }

    private static double maxDifference(INDArray y, INDArray whole) {
        try (INDArray difference = y.sub(whole)) {
            return difference.amaxNumber().doubleValue();
        }
    }

    private static INDArray random(long... shape) {
        return Nd4j.rand(DataType.FLOAT, shape).subi(0.5);
    }
}
