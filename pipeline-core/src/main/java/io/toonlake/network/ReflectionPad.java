package io.toonlake.network;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Mirrors a picture at its border, as PyTorch's {@code reflect} mode does.
 *
 * <p>Written as copies between views where {@link HostLoops} cannot reach: the stock operation takes a hundred times as long, and
 * copies run on every device in every floating-point type.
 */
public final class ReflectionPad {
    private static final int ROWS = 2;
    private static final int COLUMNS = 3;

    private ReflectionPad() {}

    /**
     * The input with a mirrored border.
     *
     * @param x [N, C, H, W], H and W greater than {@code pixels}
     * @return a new array [N, C, H + 2·pixels, W + 2·pixels]
     * @throws IllegalArgumentException if the picture is too small to be mirrored that far
     */
    public static INDArray forward(INDArray x, int pixels) {
        long height = x.size(ROWS);
        long width = x.size(COLUMNS);
        if (Math.min(height, width) <= pixels) {
            throw new IllegalArgumentException("Cannot reflect %d pixels of a %d×%d picture: both sides must be longer"
                    .formatted(pixels, width, height));
        }
        INDArray padded = Nd4j.createUninitialized(
                x.dataType(), new long[] {x.size(0), x.size(1), height + 2L * pixels, width + 2L * pixels}, 'c');
        if (HostLoops.reach(x, padded)) {
            new ReflectionPadLoops(x, pixels).forward(x, padded);
            return padded;
        }
        inner(padded, pixels).assign(x);
        for (int axis : new int[] {ROWS, COLUMNS}) {
            long last = padded.size(axis) - 1 - pixels;
            for (int k = 1; k <= pixels; k++) {
                // Columns are mirrored at full height, so that the corners are mirrored both ways.
                line(padded, axis, pixels - k, pixels).assign(line(padded, axis, pixels + k, pixels));
                line(padded, axis, last + k, pixels).assign(line(padded, axis, last - k, pixels));
            }
        }
        return padded;
    }

    /**
     * The gradient at the input, given the gradient at the padded picture: every mirrored pixel's share goes back to
     * the pixel it was taken from.
     *
     * @param gradient [N, C, H + 2·pixels, W + 2·pixels]; used as scratch, so its content is lost
     * @return a new array [N, C, H, W]
     */
    public static INDArray backward(INDArray gradient, int pixels) {
        if (HostLoops.reach(gradient)) {
            INDArray inputGradient = Nd4j.createUninitialized(
                    gradient.dataType(),
                    new long[] {
                        gradient.size(0),
                        gradient.size(1),
                        gradient.size(ROWS) - 2L * pixels,
                        gradient.size(COLUMNS) - 2L * pixels
                    },
                    'c');
            new ReflectionPadLoops(inputGradient, pixels).backward(gradient, inputGradient);
            return inputGradient;
        }
        for (int axis : new int[] {COLUMNS, ROWS}) {
            long last = gradient.size(axis) - 1 - pixels;
            for (int k = 1; k <= pixels; k++) {
                line(gradient, axis, pixels + k, pixels).addi(line(gradient, axis, pixels - k, pixels));
                line(gradient, axis, last - k, pixels).addi(line(gradient, axis, last + k, pixels));
            }
        }
        return inner(gradient, pixels).dup('c');
    }

    private static INDArray inner(INDArray padded, int pixels) {
        return padded.get(
                all(),
                all(),
                interval(pixels, padded.size(ROWS) - pixels),
                interval(pixels, padded.size(COLUMNS) - pixels));
    }

    /** One column at full height, or one row between the padded columns, which are made last and folded first. */
    private static INDArray line(INDArray padded, int axis, long at, int pixels) {
        return axis == COLUMNS
                ? padded.get(all(), all(), all(), interval(at, at + 1))
                : padded.get(all(), all(), interval(at, at + 1), interval(pixels, padded.size(COLUMNS) - pixels));
    }
}
