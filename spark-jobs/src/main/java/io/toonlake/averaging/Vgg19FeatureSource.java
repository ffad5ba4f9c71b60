package io.toonlake.averaging;

import io.toonlake.model.ModelFormatException;
import io.toonlake.model.Vgg19Weights;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.network.Padding;
import org.apache.spark.broadcast.Broadcast;

/**
 * VGG19's weights, sent to every executor once.
 *
 * @param weights as {@link Vgg19Weights#toBytes} has them
 * @param place where they came from, for descriptions
 */
public record Vgg19FeatureSource(Broadcast<byte[]> weights, Padding padding, String place) implements FeatureSource {
    @Override
    public FeatureExtractor open() {
        try {
            return Vgg19Weights.fromBytes(weights.value()).features(padding, place);
        } catch (ModelFormatException e) {
            throw new IllegalStateException("weights that were readable on the driver are not here", e);
        }
    }
}
