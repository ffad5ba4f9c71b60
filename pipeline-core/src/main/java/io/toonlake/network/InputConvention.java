package io.toonlake.network;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What values VGG19's weights were trained on. Each channel's values in [-1, 1] are brought to it by a scale and an offset.
 *
 * <p>It is kept with the network and not folded into the first layer's weights: scales could be, but means could not, since
 * beyond a border padded with zeros lies the mean itself, and the two conventions' means differ by up to half a grey level.
 * The order of the channels needs no keeping: weights for RGB are turned to BGR when they are read, which is exact.
 */
public enum InputConvention {
    /** The authors' Caffe weights, Keras's and most ports': 0 to 255 less ImageNet's mean. */
    CAFFE(
            "caffe",
            "Caffe's input (BGR, 0 to 255, less the mean 103.939, 116.779, 123.68)",
            new double[] {127.5, 127.5, 127.5},
            new double[] {127.5 - 103.939, 127.5 - 116.779, 127.5 - 123.68}),
    /** torchvision's weights: 0 to 1 less ImageNet's mean, over its deviation. */
    TORCHVISION(
            "torchvision",
            "torchvision's input (RGB, 0 to 1, less the mean 0.485, 0.456, 0.406, over 0.229, 0.224, 0.225)",
            new double[] {0.5 / 0.225, 0.5 / 0.224, 0.5 / 0.229},
            new double[] {(0.5 - 0.406) / 0.225, (0.5 - 0.456) / 0.224, (0.5 - 0.485) / 0.229});

    private final String code;
    private final String description;
    private final double[] scale;
    private final double[] offset;

    /** @param scale of blue, green and red, like {@code offset} */
    InputConvention(String code, String description, double[] scale, double[] offset) {
        this.code = code;
        this.description = description;
        this.scale = scale;
        this.offset = offset;
    }

    /** The word by which files and settings name it. */
    public String code() {
        return code;
    }

    /**
     * The convention of that word.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static InputConvention of(String code) {
        return Arrays.stream(values())
                .filter(convention -> convention.code.equals(code))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Invalid input convention: %s (must be one of %s)"
                        .formatted(
                                code,
                                Arrays.stream(values())
                                        .map(InputConvention::code)
                                        .collect(Collectors.joining(", ")))));
    }

    /** In words that a report can print. */
    String description() {
        return description;
    }

    /** A new array: pictures [N, 3, H, W], BGR, [-1, 1], as the network wants them, still BGR. */
    INDArray forward(INDArray pictures) {
        INDArray input = pictures.dup('c');
        for (int channel = 0; channel < scale.length; channel++) {
            channel(input, channel).muli(scale[channel]).addi(offset[channel]);
        }
        return input;
    }

    /** Turns the gradient at the network's input into the one at the pictures, in place. */
    INDArray backward(INDArray gradient) {
        for (int channel = 0; channel < scale.length; channel++) {
            channel(gradient, channel).muli(scale[channel]);
        }
        return gradient;
    }

    private static INDArray channel(INDArray array, int channel) {
        return array.get(all(), interval(channel, channel + 1), all(), all());
    }
}
