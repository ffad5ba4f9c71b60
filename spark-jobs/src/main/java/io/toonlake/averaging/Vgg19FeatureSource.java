package io.toonlake.averaging;

import io.toonlake.model.ModelFormatException;
import io.toonlake.model.SafetensorsFile;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.network.Padding;
import io.toonlake.network.Vgg19Features;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.broadcast.Broadcast;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * VGG19's weights, sent to every executor once.
 *
 * @param weights a {@code .safetensors} file's bytes
 * @param place where they came from, for descriptions
 */
public record Vgg19FeatureSource(Broadcast<byte[]> weights, Padding padding, String place) implements FeatureSource {
    @Override
    public FeatureExtractor open() {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        try {
            SafetensorsFile.read(weights.value(), place).tensors().asMap().forEach((name, tensor) -> {
                long[] shape =
                        tensor.shape().stream().mapToLong(Integer::longValue).toArray();
                arrays.put(name, Nd4j.createFromArray(tensor.values()).reshape('c', shape));
            });
        } catch (ModelFormatException e) {
            throw new IllegalStateException("weights that were readable on the driver are not here", e);
        }
        return Vgg19Features.of(arrays, padding, place);
    }
}
