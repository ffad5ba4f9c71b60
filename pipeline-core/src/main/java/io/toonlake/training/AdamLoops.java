package io.toonlake.training;

import io.toonlake.network.HostLoops;
import io.toonlake.training.TrainingSettings.AdamSettings;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One step of {@link Adam} in a single pass over the memory. */
final class AdamLoops {
    private static final int LINE = HostLoops.LINE;

    private final float beta1;
    private final float beta2;
    private final float rate;
    private final float epsilon;

    /** @param stepsTaken how many steps the state has behind it, t − 1 */
    AdamLoops(AdamSettings settings, double learningRate, int stepsTaken) {
        double meanCorrection = 1 - Math.pow(settings.beta1(), stepsTaken + 1.0);
        double rootCorrection = Math.sqrt(1 - Math.pow(settings.beta2(), stepsTaken + 1.0));
        beta1 = (float) settings.beta1();
        beta2 = (float) settings.beta2();
        // α · m/c₁ / (√v/c₂ + ε) = α · c₂/c₁ · m / (√v + ε · c₂)
        rate = (float) (learningRate * rootCorrection / meanCorrection);
        epsilon = (float) (settings.epsilon() * rootCorrection);
    }

    /** Moves parameters and both moments; the gradients stay as they are. */
    void step(INDArray parameters, INDArray gradients, INDArray mean, INDArray square) {
        FloatBuffer parameterValues = HostLoops.values(parameters);
        FloatBuffer gradientValues = HostLoops.values(gradients);
        FloatBuffer means = HostLoops.values(mean);
        FloatBuffer squares = HostLoops.values(square);
        int length = Math.toIntExact(parameters.length());
        HostLoops.run((length + LINE - 1) / LINE, LINE, (first, last) -> {
            float[] p = HostLoops.line(0);
            float[] g = HostLoops.line(1);
            float[] m = HostLoops.line(2);
            float[] v = HostLoops.line(3);
            for (int line = first; line < last; line++) {
                int at = line * LINE;
                int count = Math.min(LINE, length - at);
                parameterValues.get(at, p, 0, count);
                gradientValues.get(at, g, 0, count);
                means.get(at, m, 0, count);
                squares.get(at, v, 0, count);
                step(p, g, m, v, count);
                parameterValues.put(at, p, 0, count);
                means.put(at, m, 0, count);
                squares.put(at, v, 0, count);
            }
        });
    }

    private void step(float[] p, float[] g, float[] m, float[] v, int count) {
        float keptMean = beta1;
        float keptSquare = beta2;
        float newMean = 1 - beta1;
        float newSquare = 1 - beta2;
        float alpha = rate;
        float floor = epsilon;
        for (int i = 0; i < count; i++) {
            m[i] = keptMean * m[i] + newMean * g[i];
            v[i] = keptSquare * v[i] + newSquare * (g[i] * g[i]);
        }
        for (int i = 0; i < count; i++) {
            p[i] -= alpha * m[i] / ((float) Math.sqrt(v[i]) + floor);
        }
    }
}
