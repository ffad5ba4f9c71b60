package io.toonlake.network;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link MaxPool} two rows at a time. */
final class MaxPoolLoops {
    private final int height;
    private final int width;
    private final int planes;

    /** For pictures shaped like x, [N, C, H, W]. */
    MaxPoolLoops(INDArray x) {
        height = Math.toIntExact(x.size(2));
        width = Math.toIntExact(x.size(3));
        planes = Math.toIntExact(x.size(0) * x.size(1));
    }

    /** Writes the pooled picture. */
    void forward(INDArray x, INDArray y) {
        FloatBuffer values = HostLoops.values(x);
        FloatBuffer pooled = HostLoops.values(y);
        HostLoops.run(planes, (long) height * width, (first, last) -> {
            float[] upper = new float[width];
            float[] lower = new float[width];
            float[] row = new float[width / 2];
            for (int plane = first; plane < last; plane++) {
                for (int i = 0; i < height / 2; i++) {
                    values.get((plane * height + 2 * i) * width, upper);
                    values.get((plane * height + 2 * i + 1) * width, lower);
                    larger(upper, lower);
                    pairs(upper, row);
                    pooled.put((plane * (height / 2) + i) * (width / 2), row);
                }
            }
        });
    }

    private static void larger(float[] upper, float[] lower) {
        for (int j = 0; j < upper.length; j++) {
            upper[j] = Math.max(upper[j], lower[j]);
        }
    }

    private static void pairs(float[] x, float[] pooled) {
        for (int j = 0; j < pooled.length; j++) {
            pooled[j] = Math.max(x[2 * j], x[2 * j + 1]);
        }
    }

    /** Writes the gradient at the input: all of it to the first of the largest pixels, row by row. */
    void backward(INDArray x, INDArray gradient, INDArray inputGradient) {
        FloatBuffer values = HostLoops.values(x);
        FloatBuffer gradients = HostLoops.values(gradient);
        FloatBuffer inputGradients = HostLoops.values(inputGradient);
        HostLoops.run(planes, (long) height * width, (first, last) -> {
            float[] both = new float[2 * width];
            float[] slope = new float[2 * width];
            float[] row = new float[width / 2];
            for (int plane = first; plane < last; plane++) {
                for (int i = 0; i < height / 2; i++) {
                    int at = (plane * height + 2 * i) * width;
                    values.get(at, both);
                    gradients.get((plane * (height / 2) + i) * (width / 2), row);
                    route(both, row, slope);
                    inputGradients.put(at, slope);
                }
                if (height % 2 == 1) {
                    inputGradients.put((plane * height + height - 1) * width, new float[width]);
                }
            }
        });
    }

    private void route(float[] both, float[] row, float[] slope) {
        Arrays.fill(slope, 0);
        for (int j = 0; j < row.length; j++) {
            int upper = 2 * j;
            int lower = width + 2 * j;
            // Indices are chosen without branches, which random pixels would have guessed wrongly half of the time.
            int inUpper = upper + (both[upper + 1] > both[upper] ? 1 : 0);
            int inLower = lower + (both[lower + 1] > both[lower] ? 1 : 0);
            slope[both[inLower] > both[inUpper] ? inLower : inUpper] = row[j];
        }
    }
}
