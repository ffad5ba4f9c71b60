package io.toonlake.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The layers of VGG19 up to the end of its fourth group, conv4_4, or of an earlier one, of any width: 3×3 convolutions
 * with a ReLU after each but the last, and 2×2 max poolings between the groups.
 */
final class VggLayers implements FeatureExtractor {
    /** Convolutions in each group. */
    private static final List<Integer> GROUPS = List.of(2, 2, 4, 4);

    private static final int PICTURE_CHANNELS = 3;

    private final InputConvention input;
    private final Convolution convolution;
    private final List<Layer> layers;
    private final String description;

    /** One convolution, and whether a pooling comes before it. */
    private record Layer(boolean pooledBefore, INDArray weight, INDArray bias) {}

    /**
     * @param weights {@code conv1_1.weight} [out, in, 3, 3], {@code conv1_1.bias} [out], … of one type
     * @param groups how many of the four groups there are
     * @param input what the first layer's weights want, its channels in BGR order in any case
     * @throws IllegalArgumentException if one is missing or does not follow on the one before
     */
    VggLayers(Map<String, INDArray> weights, int groups, InputConvention input, Padding padding, String description) {
        this.input = input;
        this.convolution = new Convolution(3, 1, 1, padding);
        this.description = description;
        this.layers = new ArrayList<>();
        long channels = PICTURE_CHANNELS;
        for (String name : names(groups)) {
            INDArray weight = named(weights, name + ".weight");
            INDArray bias = named(weights, name + ".bias");
            expect(name + ".weight", weight, weight.size(0), channels, 3, 3);
            expect(name + ".bias", bias, weight.size(0));
            layers.add(new Layer(name.endsWith("_1") && !layers.isEmpty(), weight, bias));
            channels = weight.size(0);
        }
    }

    /** {@code conv1_1} to the last of that many groups; the digit after {@code conv} is the group. */
    static List<String> names(int groups) {
        List<String> names = new ArrayList<>();
        for (int group = 1; group <= groups; group++) {
            for (int k = 1; k <= GROUPS.get(group - 1); k++) {
                names.add("conv%d_%d".formatted(group, k));
            }
        }
        return names;
    }

    /** How many channels the layer of that name makes. */
    static long channels(Map<String, INDArray> weights, String name) {
        return named(weights, name + ".weight").size(0);
    }

    private static INDArray named(Map<String, INDArray> weights, String name) {
        INDArray array = weights.get(name);
        if (array == null) {
            throw new IllegalArgumentException(
                    "Cannot build the feature network: %s is missing (found %s)".formatted(name, weights.keySet()));
        }
        return array;
    }

    private static void expect(String name, INDArray array, long... shape) {
        if (!Arrays.equals(array.shape(), shape)) {
            throw new IllegalArgumentException("Cannot build the feature network: %s has shape %s (must be %s)"
                    .formatted(name, Arrays.toString(array.shape()), Arrays.toString(shape)));
        }
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public INDArray features(INDArray pictures) {
        INDArray current = input.forward(pictures);
        for (Layer layer : layers) {
            if (layer.pooledBefore()) {
                current = replace(current, MaxPool.forward(current));
            }
            current = replace(current, convolved(layer, current));
        }
        return current;
    }

    @Override
    public Recording record(INDArray pictures) {
        Deque<INDArray> inputs = new ArrayDeque<>();
        inputs.push(input.forward(pictures));
        for (Layer layer : layers) {
            if (layer.pooledBefore()) {
                inputs.push(MaxPool.forward(inputs.peek()));
            }
            inputs.push(convolved(layer, inputs.peek()));
        }
        return new Pass(inputs);
    }

    private INDArray convolved(Layer layer, INDArray x) {
        INDArray y = convolution.forward(x, layer.weight(), layer.bias());
        activation(layer).forward(y);
        return y;
    }

    private Activation activation(Layer layer) {
        return layer == layers.get(layers.size() - 1) ? Activation.NONE : Activation.RELU;
    }

    private static INDArray replace(INDArray old, INDArray next) {
        Freed.close(old);
        return next;
    }

    @Override
    public void close() {
        layers.forEach(layer -> Freed.close(layer.weight(), layer.bias()));
    }

    /** Every layer's input, the features on top. */
    private final class Pass implements Recording {
        private final Deque<INDArray> inputs;

        Pass(Deque<INDArray> inputs) {
            this.inputs = inputs;
        }

        @Override
        public INDArray features() {
            return inputs.peek();
        }

        @Override
        public INDArray backward(INDArray gradient) {
            INDArray current = gradient;
            for (int i = layers.size() - 1; i >= 0; i--) {
                Layer layer = layers.get(i);
                INDArray y = inputs.pop();
                activation(layer).backward(y, current);
                Freed.close(y);
                current = replace(current, convolution.inputGradient(inputs.peek(), layer.weight(), current));
                if (layer.pooledBefore()) {
                    Freed.close(inputs.pop());
                    current = replace(current, MaxPool.backward(inputs.peek(), current));
                }
            }
            Freed.close(inputs.pop());
            return input.backward(current);
        }

        @Override
        public void close() {
            inputs.forEach(Freed::close);
            inputs.clear();
        }
    }
}
