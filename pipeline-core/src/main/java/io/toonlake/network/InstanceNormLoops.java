package io.toonlake.network;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link InstanceNorm} plane by plane, a plane being one channel of one picture. A plane is read from memory once: the second
 * look at it finds it in the cache. Sums are taken in single precision along lines, and in double precision over them.
 */
final class InstanceNormLoops {
    private static final int LINE = HostLoops.LINE;

    private final int pixels;
    private final int planes;
    private final int channels;

    /** For pictures shaped like x, [N, C, H, W]. */
    InstanceNormLoops(INDArray x) {
        pixels = Math.toIntExact(x.size(2) * x.size(3));
        planes = Math.toIntExact(x.size(0) * x.size(1));
        channels = Math.toIntExact(x.size(1));
    }

    /** Writes mean and biased variance of every plane. */
    void statistics(INDArray x, INDArray mean, INDArray variance) {
        FloatBuffer values = HostLoops.values(x);
        FloatBuffer means = HostLoops.values(mean);
        FloatBuffer variances = HostLoops.values(variance);
        HostLoops.run(planes, 2L * pixels, (first, last) -> {
            float[] line = HostLoops.line(0);
            for (int plane = first; plane < last; plane++) {
                double sum = 0;
                for (int at = 0; at < pixels; at += LINE) {
                    sum += Sums.sum(line, read(values, plane, at, line));
                }
                float planeMean = (float) (sum / pixels);
                double squares = 0;
                for (int at = 0; at < pixels; at += LINE) {
                    int count = read(values, plane, at, line);
                    subtract(line, planeMean, count);
                    squares += Sums.dot(line, line, count);
                }
                means.put(plane, planeMean);
                variances.put(plane, (float) (squares / pixels));
            }
        });
    }

    /** Writes y, rectified by a leaky ReLU of that slope; of slope 1, which changes nothing, where it is not to be. */
    void forward(INDArray x, float[] mean, float[] deviation, float[] scale, float[] shift, double slope, INDArray y) {
        FloatBuffer values = HostLoops.values(x);
        FloatBuffer normalized = HostLoops.values(y);
        HostLoops.run(planes, pixels, (first, last) -> {
            float[] line = HostLoops.line(0);
            for (int plane = first; plane < last; plane++) {
                float factor = scale[plane % channels] / deviation[plane];
                for (int at = 0; at < pixels; at += LINE) {
                    int count = read(values, plane, at, line);
                    normalize(line, mean[plane], factor, shift[plane % channels], count);
                    if (slope != 1) {
                        ActivationLoops.rectify(line, count, (float) slope);
                    }
                    normalized.put(plane * pixels + at, line, 0, count);
                }
            }
        });
    }

    /**
     * Writes the gradient at the input, with x̂ = (x − mean) / deviation:
     * scale / deviation · (g − mean(g) − x̂ · mean(g · x̂)). The sums of g · x̂ and of g are those at scale and shift, by plane.
     */
    void backward(
            INDArray x,
            float[] mean,
            float[] deviation,
            float[] scale,
            INDArray gradient,
            INDArray inputGradient,
            double[] scaleGradient,
            double[] shiftGradient) {
        FloatBuffer values = HostLoops.values(x);
        FloatBuffer gradients = HostLoops.values(gradient);
        FloatBuffer inputGradients = HostLoops.values(inputGradient);
        HostLoops.run(planes, 2L * pixels, (first, last) -> {
            float[] line = HostLoops.line(0);
            float[] slope = HostLoops.line(1);
            for (int plane = first; plane < last; plane++) {
                double sum = 0;
                double product = 0;
                for (int at = 0; at < pixels; at += LINE) {
                    int count = read(values, plane, at, line);
                    read(gradients, plane, at, slope);
                    subtract(line, mean[plane], count);
                    sum += Sums.sum(slope, count);
                    product += Sums.dot(slope, line, count);
                }
                scaleGradient[plane] = product / deviation[plane];
                shiftGradient[plane] = sum;
                float factor = scale[plane % channels] / deviation[plane];
                float mutual = (float) (product / pixels / deviation[plane] / deviation[plane]);
                for (int at = 0; at < pixels; at += LINE) {
                    int count = read(values, plane, at, line);
                    read(gradients, plane, at, slope);
                    project(slope, line, (float) (sum / pixels), mean[plane], mutual, factor, count);
                    inputGradients.put(plane * pixels + at, slope, 0, count);
                }
            }
        });
    }

    /** One float for every plane of what is wanted of it, as Java has it. */
    static float[] copy(INDArray array) {
        float[] values = new float[Math.toIntExact(array.length())];
        HostLoops.values(array).get(0, values);
        return values;
    }

    private int read(FloatBuffer values, int plane, int at, float[] line) {
        int count = Math.min(LINE, pixels - at);
        values.get(plane * pixels + at, line, 0, count);
        return count;
    }

    private static void subtract(float[] x, float mean, int count) {
        for (int i = 0; i < count; i++) {
            x[i] -= mean;
        }
    }

    private static void normalize(float[] x, float mean, float factor, float shift, int count) {
        for (int i = 0; i < count; i++) {
            x[i] = (x[i] - mean) * factor + shift;
        }
    }

    private static void project(
            float[] gradient, float[] x, float gradientMean, float mean, float mutual, float factor, int count) {
        for (int i = 0; i < count; i++) {
            gradient[i] = factor * (gradient[i] - gradientMean - (x[i] - mean) * mutual);
        }
    }
}
