package io.toonlake.network;

import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The leaky ReLU, in place; a slope of 0 makes it the plain one. Written without branches, which the loops' vectors have none of. */
final class ActivationLoops {
    private static final int LINE = HostLoops.LINE;

    private ActivationLoops() {}

    /** x ← max(x, slope · x), which for slopes below 1 is the leaky ReLU. */
    static void forward(INDArray x, float slope) {
        FloatBuffer values = HostLoops.values(x);
        run(x, (line, from, count) -> {
            values.get(from, line, 0, count);
            rectify(line, count, slope);
            values.put(from, line, 0, count);
        });
    }

    /** gradient ← gradient where y > 0, slope · gradient elsewhere. */
    static void backward(INDArray y, INDArray gradient, float slope) {
        FloatBuffer outputs = HostLoops.values(y);
        FloatBuffer gradients = HostLoops.values(gradient);
        run(y, (line, from, count) -> {
            float[] output = HostLoops.line(1);
            outputs.get(from, output, 0, count);
            gradients.get(from, line, 0, count);
            attenuate(output, line, count, slope);
            gradients.put(from, line, 0, count);
        });
    }

    static void rectify(float[] x, int count, float slope) {
        for (int i = 0; i < count; i++) {
            x[i] = Math.max(x[i], slope * x[i]);
        }
    }

    private static void attenuate(float[] y, float[] gradient, int count, float slope) {
        float rest = 1 - slope;
        for (int i = 0; i < count; i++) {
            // 1 where y > 0, else 0
            float positive = Math.min(Math.max(y[i] * Float.MAX_VALUE, 0), 1);
            gradient[i] *= slope + rest * positive;
        }
    }

    private interface LineLoop {
        void run(float[] line, int from, int count);
    }

    private static void run(INDArray array, LineLoop loop) {
        int length = Math.toIntExact(array.length());
        int lines = (length + LINE - 1) / LINE;
        HostLoops.run(lines, LINE, (first, last) -> {
            float[] line = HostLoops.line(0);
            for (int at = first; at < last; at++) {
                loop.run(line, at * LINE, Math.min(LINE, length - at * LINE));
            }
        });
    }
}
