package io.toonlake.network;

import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What an untrained network holds: weights from N(0, 0.02), biases and shifts 0, scales 1, as in the authors' code.
 *
 * <p>Drawn from the seed alone, so that they are the same on every thread and machine.
 */
final class InitialWeights {
    private static final double DEVIATION = 0.02;

    private InitialWeights() {}

    static void draw(Map<String, INDArray> parameters, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        parameters.forEach((name, parameter) -> {
            if (name.endsWith("." + ConvolutionBlockParameters.WEIGHT)) {
                try (INDArray drawn = gaussian(random, DEVIATION, parameter.shape())) {
                    parameter.assign(drawn);
                }
            } else {
                parameter.assign(name.endsWith("." + ConvolutionBlockParameters.SCALE) ? 1 : 0);
            }
        });
    }

    /** A new array of double precision, the caller's to free. */
    static INDArray gaussian(SplittableRandom random, double deviation, long... shape) {
        double[] values = new double[Math.toIntExact(ConvolutionBlockParameters.length(shape))];
        for (int i = 0; i < values.length; i++) {
            values[i] = deviation * random.nextGaussian();
        }
        return Nd4j.createFromArray(values).reshape('c', shape);
    }
}
