package io.toonlake.network;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The features of the paper's content loss (section 3.2.2): VGG19 up to layer conv4_4, before its ReLU.
 *
 * <p>The input convention is Caffe's, which the authors' weights of VGG19 follow: BGR, 0 to 255, less the mean 103.939,
 * 116.779, 123.68. Pictures in [-1, 1] are brought to it here. They are not resized to 224×224 as in the authors' code:
 * the layers are convolutions, and take any size.
 */
public final class Vgg19Features {
    private Vgg19Features() {}

    /**
     * VGG19, or a narrower network of its layers, with the given weights.
     *
     * @param weights {@code conv1_1.weight} [out, in, 3, 3] and {@code conv1_1.bias} [out] to {@code conv4_4}, all FLOAT or
     *     all DOUBLE like the pictures; taken over and freed with the result. Others are ignored
     * @param padding zeros in VGG19 itself; slim ones may have been trained with reflection
     * @param source where the weights come from, for the description
     * @throws IllegalArgumentException if a weight is missing or misshapen
     */
    public static FeatureExtractor of(Map<String, INDArray> weights, Padding padding, String source) {
        return new VggLayers(
                weights,
                4,
                padding,
                "VGG19 conv4_4, %d channels, %s padding, %s"
                        .formatted(VggLayers.channels(weights, "conv4_4"), padding.code(), source));
    }
}
