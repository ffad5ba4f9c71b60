package io.toonlake.network;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link ReflectionPad} row by row. */
final class ReflectionPadLoops {
    private final int pixels;
    private final int height;
    private final int width;
    private final int planes;

    /** For pictures shaped like x, [N, C, H, W], and padded ones. */
    ReflectionPadLoops(INDArray x, int pixels) {
        this.pixels = pixels;
        height = Math.toIntExact(x.size(2));
        width = Math.toIntExact(x.size(3));
        planes = Math.toIntExact(x.size(0) * x.size(1));
    }

    /** Writes the padded picture. */
    void forward(INDArray x, INDArray padded) {
        FloatBuffer values = HostLoops.values(x);
        FloatBuffer paddedValues = HostLoops.values(padded);
        int paddedWidth = width + 2 * pixels;
        int paddedHeight = height + 2 * pixels;
        HostLoops.run(planes, (long) height * width, (first, last) -> {
            float[] row = new float[paddedWidth];
            for (int plane = first; plane < last; plane++) {
                for (int i = 0; i < paddedHeight; i++) {
                    values.get((plane * height + mirrored(i - pixels, height)) * width, row, pixels, width);
                    for (int k = 1; k <= pixels; k++) {
                        row[pixels - k] = row[pixels + k];
                        row[pixels + width - 1 + k] = row[pixels + width - 1 - k];
                    }
                    paddedValues.put((plane * paddedHeight + i) * paddedWidth, row);
                }
            }
        });
    }

    /** Writes the gradient at the input; that at the padded picture stays as it is. */
    void backward(INDArray paddedGradient, INDArray gradient) {
        FloatBuffer padded = HostLoops.values(paddedGradient);
        FloatBuffer gradients = HostLoops.values(gradient);
        int paddedWidth = width + 2 * pixels;
        int paddedHeight = height + 2 * pixels;
        HostLoops.run(planes, (long) height * width, (first, last) -> {
            float[] row = new float[paddedWidth];
            float[] mirror = new float[paddedWidth];
            for (int plane = first; plane < last; plane++) {
                int top = plane * paddedHeight;
                for (int i = 0; i < height; i++) {
                    padded.get((top + pixels + i) * paddedWidth, row);
                    if (i >= 1 && i <= pixels) {
                        add(row, padded, (top + pixels - i) * paddedWidth, mirror);
                    }
                    int fromLast = height - 1 - i;
                    if (fromLast >= 1 && fromLast <= pixels) {
                        add(row, padded, (top + pixels + height - 1 + fromLast) * paddedWidth, mirror);
                    }
                    for (int k = 1; k <= pixels; k++) {
                        row[pixels + k] += row[pixels - k];
                        row[pixels + width - 1 - k] += row[pixels + width - 1 + k];
                    }
                    gradients.put((plane * height + i) * width, row, pixels, width);
                }
            }
        });
    }

    private static void add(float[] row, FloatBuffer padded, int at, float[] mirror) {
        padded.get(at, mirror);
        for (int i = 0; i < row.length; i++) {
            row[i] += mirror[i];
        }
    }

    private static int mirrored(int i, int length) {
        return i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i;
    }
}
