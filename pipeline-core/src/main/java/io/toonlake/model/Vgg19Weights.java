package io.toonlake.model;

import io.toonlake.network.FeatureExtractor;
import io.toonlake.network.InputConvention;
import io.toonlake.network.Padding;
import io.toonlake.network.Vgg19Features;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * VGG19's weights up to conv4_4, of any width, for the content loss, whatever program they were published for: the authors'
 * names and layout, torchvision's (and timm's) or Keras's.
 *
 * @param tensors {@code conv1_1.weight} [out, in, 3, 3], {@code conv1_1.bias} [out] to {@code conv4_4.bias}; the inputs of
 *     {@code conv1_1} are blue, green, red
 * @param input what values they were trained on
 */
public record Vgg19Weights(Tensors tensors, InputConvention input) {
    private static final String INPUT = "input";
    private static final int SHOWN_NAMES = 6;

    /**
     * Finds the weights among stored tensors and brings them to one layout. Everything else there is left unread.
     *
     * @throws ModelFormatException where a weight is missing, misshapen or not finite, or where it is another network
     */
    public static Vgg19Weights read(StoredTensors stored) throws IOException {
        Vgg19Naming naming = naming(stored);
        Map<String, String> names = names(stored, naming);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        int channels = 3;
        for (String layer : Vgg19Features.layers()) {
            Tensor weight = weight(stored, names.get(layer + ".weight"), naming, channels);
            channels = weight.shape().get(0);
            tensors.put(layer + ".weight", weight);
            tensors.put(layer + ".bias", bias(stored, names.get(layer + ".bias"), channels));
        }
        if (naming.input() == InputConvention.TORCHVISION) {
            tensors.computeIfPresent("conv1_1.weight", (name, weight) -> inputsReversed(weight));
        }
        return new Vgg19Weights(new Tensors(tensors), naming.input());
    }

    /** The weights of {@link #toBytes}. */
    public static Vgg19Weights fromBytes(byte[] bytes) throws ModelFormatException {
        SafetensorsFile file = SafetensorsFile.read(bytes, "VGG19's weights");
        return new Vgg19Weights(
                file.tensors(), InputConvention.of(file.metadata().getOrDefault(INPUT, "")));
    }

    /** The same for the same weights, whatever file they were read from. */
    public byte[] toBytes() throws IOException {
        return new SafetensorsFile(tensors, Map.of(INPUT, input.code())).toBytes();
    }

    /**
     * The network of these weights, in single precision.
     *
     * @param padding zeros in VGG19 itself; slim ones may have been trained with reflection
     * @param source where the weights come from, for the description
     */
    public FeatureExtractor features(Padding padding, String source) {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        tensors.asMap()
                .forEach((name, tensor) -> arrays.put(
                        name,
                        Nd4j.createFromArray(tensor.values())
                                .reshape(
                                        'c',
                                        tensor.shape().stream()
                                                .mapToLong(Integer::longValue)
                                                .toArray())));
        return Vgg19Features.of(arrays, input, padding, source);
    }

    /** The naming that most names there follow. */
    private static Vgg19Naming naming(StoredTensors stored) throws ModelFormatException {
        Vgg19Naming best = null;
        long most = 0;
        for (Vgg19Naming naming : Vgg19Naming.values()) {
            long count = stored.names().stream()
                    .filter(name -> naming.ours(name).isPresent())
                    .count();
            if (count > most) {
                best = naming;
                most = count;
            }
        }
        if (best == null) {
            throw refused(
                    stored,
                    "it has %s, and nothing that VGG19's layers are called, such as %s"
                            .formatted(
                                    shown(stored),
                                    List.of(Vgg19Naming.values()).stream()
                                            .map(Vgg19Naming::example)
                                            .collect(Collectors.joining("; "))));
        }
        if (best.isOther(stored.names())) {
            throw refused(stored, "it is another network, with " + shown(stored));
        }
        return best;
    }

    /** Our names to those there. */
    private static Map<String, String> names(StoredTensors stored, Vgg19Naming naming) throws ModelFormatException {
        Map<String, String> names = new LinkedHashMap<>();
        for (String name : stored.names()) {
            String ours = naming.ours(name).orElse(null);
            String other = ours == null ? null : names.put(ours, name);
            if (other != null) {
                throw refused(stored, "both %s and %s may be %s".formatted(other, name, ours));
            }
        }
        List<String> missing = new ArrayList<>();
        for (String layer : Vgg19Features.layers()) {
            for (String ours : List.of(layer + ".weight", layer + ".bias")) {
                if (!names.containsKey(ours)) {
                    missing.add(ours);
                }
            }
        }
        if (!missing.isEmpty()) {
            throw refused(
                    stored,
                    "it lacks %s, or what stands for them beside %s%s"
                            .formatted(
                                    missing,
                                    naming.example(),
                                    missing.contains("conv3_4.weight") && names.containsKey("conv4_1.weight")
                                            ? "; VGG16 and narrower networks have no such layer"
                                            : ""));
        }
        return names;
    }

    private static Tensor weight(StoredTensors stored, String name, Vgg19Naming naming, int inputs) throws IOException {
        Tensor weight = finite(stored, name);
        List<Integer> shape = weight.shape();
        int outputs = shape.isEmpty() ? 0 : shape.get(naming.outputsFirst() ? 0 : shape.size() - 1);
        List<Integer> expected =
                naming.outputsFirst() ? List.of(outputs, inputs, 3, 3) : List.of(3, 3, inputs, outputs);
        if (outputs < 1 || !shape.equals(expected)) {
            throw refused(
                    stored,
                    "%s has shape %s (must be %s)"
                            .formatted(
                                    name,
                                    shape,
                                    naming.outputsFirst()
                                            ? "[channels, %d, 3, 3]".formatted(inputs)
                                            : "[3, 3, %d, channels]".formatted(inputs)));
        }
        return naming.outputsFirst() ? weight : outputsFirst(weight, inputs, outputs);
    }

    private static Tensor bias(StoredTensors stored, String name, int channels) throws IOException {
        Tensor bias = finite(stored, name);
        boolean vector = bias.shape().stream().filter(axis -> axis != 1).count() <= 1;
        if (!vector || bias.values().length != channels) {
            throw refused(stored, "%s has shape %s (must be [%d])".formatted(name, bias.shape(), channels));
        }
        return bias.reshape(List.of(channels));
    }

    private static Tensor finite(StoredTensors stored, String name) throws IOException {
        Tensor tensor = stored.read(name);
        int bad = tensor.firstNotFinite();
        if (bad >= 0) {
            throw refused(stored, "%s holds %s at index %d".formatted(name, tensor.values()[bad], bad));
        }
        return tensor;
    }

    /** From [3, 3, in, out]. */
    private static Tensor outputsFirst(Tensor weight, int inputs, int outputs) {
        float[] from = weight.values();
        float[] to = new float[from.length];
        for (int pixel = 0; pixel < 9; pixel++) {
            for (int in = 0; in < inputs; in++) {
                for (int out = 0; out < outputs; out++) {
                    to[(out * inputs + in) * 9 + pixel] = from[(pixel * inputs + in) * outputs + out];
                }
            }
        }
        return Tensor.of(to, outputs, inputs, 3, 3);
    }

    /** From red, green, blue to blue, green, red. */
    private static Tensor inputsReversed(Tensor weight) {
        float[] from = weight.values();
        float[] to = new float[from.length];
        for (int plane = 0; plane < from.length / 9; plane++) {
            System.arraycopy(from, plane * 9, to, (plane / 3 * 3 + 2 - plane % 3) * 9, 9);
        }
        return new Tensor(weight.shape(), to);
    }

    private static String shown(StoredTensors stored) {
        return "%d tensors (%s%s)"
                .formatted(
                        stored.names().size(),
                        stored.names().stream().limit(SHOWN_NAMES).collect(Collectors.joining(", ")),
                        stored.names().size() > SHOWN_NAMES ? ", …" : "");
    }

    private static ModelFormatException refused(StoredTensors stored, String why) {
        return new ModelFormatException("Cannot find VGG19's weights in %s: %s".formatted(stored.place(), why));
    }
}
