package io.toonlake.network;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The features of the paper's content loss (section 3.2.2): VGG19 up to layer conv4_4, before its ReLU.
 *
 * <p>The authors' weights of VGG19 want Caffe's input, torchvision's another ({@link InputConvention}). Pictures in [-1, 1] are
 * brought to it here. They are not resized to 224×224 as in the authors' code: the layers are convolutions, and take any size.
 */
public final class Vgg19Features {
    private static final int GROUPS = 4;

    private Vgg19Features() {}

    /** {@code conv1_1} to {@code conv4_4}: the layers that there are weights and biases of. */
    public static List<String> layers() {
        return VggLayers.names(GROUPS);
    }

    /** A network of weights that were trained on {@linkplain InputConvention#CAFFE Caffe's} input, as the authors' were. */
    public static FeatureExtractor of(Map<String, INDArray> weights, Padding padding, String source) {
        return of(weights, InputConvention.CAFFE, padding, source);
    }

    /**
     * VGG19, or a narrower network of its layers, with the given weights.
     *
     * @param weights {@code conv1_1.weight} [out, in, 3, 3] and {@code conv1_1.bias} [out] to {@code conv4_4}, all FLOAT or
     *     all DOUBLE like the pictures; {@code conv1_1} for BGR, whatever the convention; taken over and freed with the
     *     result. Others are ignored
     * @param input what the weights were trained on
     * @param padding zeros in VGG19 itself; slim ones may have been trained with reflection
     * @param source where the weights come from, for the description
     * @throws IllegalArgumentException if a weight is missing or misshapen
     */
    public static FeatureExtractor of(
            Map<String, INDArray> weights, InputConvention input, Padding padding, String source) {
        return new VggLayers(
                weights,
                GROUPS,
                input,
                padding,
                "VGG19 conv4_4, %d channels, %s padding, %s, %s"
                        .formatted(
                                VggLayers.channels(weights, "conv4_4"), padding.code(), input.description(), source));
    }
}
