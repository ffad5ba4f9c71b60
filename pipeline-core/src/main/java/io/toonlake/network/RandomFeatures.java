package io.toonlake.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A stand-in for VGG19 where there are no weights of it: the same layers, narrow, with random weights. Such features keep
 * edges and colours apart well enough for a demonstration; they know nothing of what a picture shows. No model meant
 * for use should be trained with them.
 *
 * <p>Without training every layer and every pooling makes pictures harder to tell apart, so fewer groups of layers hold
 * colours and outlines better: two are enough for a demonstration.
 */
public final class RandomFeatures {
    /** Deviation of the mean-subtracted 0 to 255 input, brought to about 1 by the first layer. */
    private static final double INPUT_DEVIATION = 64;

    private static final int MAX_GROUPS = 4;

    private RandomFeatures() {}

    /**
     * Draws the weights (He: N(0, 2 / inputs)), so that no layer swells or fades and features are of the order of 1.
     *
     * @param widths channels of each of the first one to four groups of VGG19's layers; 16, 32 ends with conv2_2
     * @param seed the same seed gives the same features on every machine and thread
     */
    public static FeatureExtractor draw(DataType dataType, List<Integer> widths, long seed) {
        if (widths.isEmpty() || widths.size() > MAX_GROUPS || widths.stream().anyMatch(width -> width < 1)) {
            throw new IllegalArgumentException(
                    "Invalid widths of random features: %s (must be one to four numbers >= 1)".formatted(widths));
        }
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, INDArray> weights = new LinkedHashMap<>();
        int in = 3;
        double scale = 1 / INPUT_DEVIATION;
        for (String name : VggLayers.names(widths.size())) {
            int out = widths.get(name.charAt("conv".length()) - '1');
            double deviation = scale * Math.sqrt(2.0 / (in * 9));
            INDArray drawn = InitialWeights.gaussian(random, deviation, out, in, 3, 3);
            INDArray weight = drawn.castTo(dataType);
            if (weight != drawn) {
                drawn.close();
            }
            weights.put(name + ".weight", weight);
            weights.put(name + ".bias", Nd4j.zeros(dataType, out));
            in = out;
            scale = 1;
        }
        return new VggLayers(
                weights,
                widths.size(),
                InputConvention.CAFFE,
                Padding.REFLECT,
                "random features, VGG19's first %d groups of layers with channels %s, seed %d"
                        .formatted(widths.size(), widths, seed));
    }
}
