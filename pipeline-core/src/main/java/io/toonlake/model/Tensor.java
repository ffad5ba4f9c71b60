package io.toonlake.model;

import java.util.Arrays;
import java.util.List;

/**
 * One array of single-precision numbers.
 *
 * @param shape lengths of the axes, outermost first; empty for a scalar
 * @param values in C order (the last axis runs fastest); shared with the caller and immutable by convention, since a copy
 *     of a generator's weights would cost as much again
 */
public record Tensor(List<Integer> shape, float[] values) {
    public Tensor {
        shape = List.copyOf(shape);
        long length = length(shape);
        if (length != values.length) {
            throw new IllegalArgumentException(
                    "Invalid tensor: shape %s takes %d values, found %d".formatted(shape, length, values.length));
        }
    }

    public static Tensor of(float[] values, int... shape) {
        return new Tensor(Arrays.stream(shape).boxed().toList(), values);
    }

    /** The same values in another shape of the same length. */
    public Tensor reshape(List<Integer> newShape) {
        return new Tensor(newShape, values);
    }

    /** Index of the first NaN or infinity, or -1. */
    int firstNotFinite() {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                return i;
            }
        }
        return -1;
    }

    /** Number of values a shape takes, or -1 where an axis is negative or the product does not fit an array. */
    static long length(List<? extends Number> shape) {
        long length = 1;
        boolean empty = false;
        for (Number axis : shape) {
            long n = axis.longValue();
            if (n < 0 || n > Integer.MAX_VALUE) {
                return -1;
            }
            if (n == 0) {
                empty = true;
            } else if ((length *= n) > Integer.MAX_VALUE) {
                return -1;
            }
        }
        return empty ? 0 : length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tensor t && shape.equals(t.shape) && Arrays.equals(values, t.values);
    }

    @Override
    public int hashCode() {
        return 31 * shape.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Tensor" + shape;
    }
}
