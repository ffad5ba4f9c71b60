package io.toonlake.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Compares a hand-written gradient with what the function itself does when one input is nudged either way. */
public final class NumericGradient {
    private static final double NUDGE = 1e-5;

    private NumericGradient() {}

    /**
     * Asserts that {@code gradient} is the derivative of {@code value} by {@code input}, everywhere, to one millionth
     * of the largest entry.
     *
     * @param value the function at whatever {@code input} holds now
     */
    public static void assertThatGradientIs(INDArray gradient, INDArray input, DoubleSupplier value) {
        assertThatGradientIs(gradient, input, value, 1, 1e-6);
    }

    /** The same at every {@code stride}-th entry. */
    public static void assertThatGradientIs(
            INDArray gradient, INDArray input, DoubleSupplier value, int stride, double tolerance) {
        assertThat(gradient.length()).isEqualTo(input.length());
        assertThat(input.dataType()).isEqualTo(DataType.DOUBLE);
        INDArray flatGradient = gradient.dup('c').reshape(gradient.length());
        double scale = Math.max(1e-3, flatGradient.amaxNumber().doubleValue());
        long[] shape = input.shape();
        for (long i = 0; i < input.length(); i += stride) {
            long[] at = Shape.at(i, shape);
            double original = input.getDouble(at);
            input.putScalar(at, original + NUDGE);
            double above = value.getAsDouble();
            input.putScalar(at, original - NUDGE);
            double below = value.getAsDouble();
            input.putScalar(at, original);
            assertThat((above - below) / (2 * NUDGE))
                    .as("derivative by entry %d of %s", i, input.shapeInfoToString())
                    .isCloseTo(flatGradient.getDouble(i), within(tolerance * scale));
        }
    }

    /** Values in [-1, 1), the same for the same seed on every machine and thread. */
    public static INDArray random(long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        long length = 1;
        for (long side : shape) {
            length *= side;
        }
        double[] values = random.doubles(length, -1, 1).toArray();
        return Nd4j.createFromArray(values).reshape('c', shape);
    }

    /** Σ x·weights: a scalar whose derivative by x is {@code weights}, to see a backward pass through. */
    public static double weighted(INDArray x, INDArray weights) {
        return x.mul(weights).sumNumber().doubleValue();
    }

    private static final class Shape {
        static long[] at(long index, long[] shape) {
            long[] at = new long[shape.length];
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                at[axis] = index % shape[axis];
                index /= shape[axis];
            }
            return at;
        }
    }
}
