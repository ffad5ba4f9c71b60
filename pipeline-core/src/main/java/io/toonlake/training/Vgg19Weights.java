package io.toonlake.training;

import io.toonlake.model.Tensor;
import io.toonlake.model.Tensors;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.network.Padding;
import io.toonlake.network.Vgg19Features;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Makes the content loss's feature network of weights that were read from a file. */
public final class Vgg19Weights {
    private Vgg19Weights() {}

    /**
     * VGG19 up to conv4_4, or a narrower network of its layers.
     *
     * @param weights {@code conv1_1.weight}, {@code conv1_1.bias} to {@code conv4_4.bias}, in Caffe's input convention; others
     *     are ignored
     * @param padding zeros in VGG19 itself; slim ones may have been trained with reflection
     * @param source where the weights come from, for the description
     * @throws IllegalArgumentException if a weight is missing or misshapen
     */
    public static FeatureExtractor features(Tensors weights, Padding padding, String source) {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        weights.asMap().forEach((name, tensor) -> arrays.put(name, array(tensor)));
        return Vgg19Features.of(arrays, padding, source);
    }

    private static INDArray array(Tensor tensor) {
        long[] shape = tensor.shape().stream().mapToLong(Integer::longValue).toArray();
        return Nd4j.createFromArray(tensor.values()).reshape('c', shape);
    }
}
