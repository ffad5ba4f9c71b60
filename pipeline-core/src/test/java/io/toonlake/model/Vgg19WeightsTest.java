package io.toonlake.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.network.FeatureExtractor;
import io.toonlake.network.InputConvention;
import io.toonlake.network.Padding;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Fixtures and reference values are made by {@code make_vgg19_fixtures.py}. */
class Vgg19WeightsTest {
    private static final double[] BGR_MEAN = {103.939, 116.779, 123.68};
    private static final double[] RGB_MEAN = {0.485, 0.456, 0.406};
    private static final double[] RGB_DEVIATION = {0.229, 0.224, 0.225};

    @ParameterizedTest
    @CsvSource({"caffe, ZERO", "caffe, REFLECT", "torchvision, ZERO", "torchvision, REFLECT"})
    void featuresAreWhatPyTorchComputes(String input, Padding padding) throws IOException {
        Vgg19Weights weights = Vgg19Weights.read(fixture("vgg19-" + input + ".safetensors"));

        assertThat(weights.input().code()).isEqualTo(input);
        assertThat(relativeDifference(
                        features(weights, padding), array("vgg19-%s-%s.npy".formatted(input, padding.code()))))
                .isLessThan(1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vgg19-keras1.h5", "vgg19-keras2.h5", "vgg19-keras3.weights.h5"})
    void kerasFilesHoldTheSameWeights(String file) throws IOException {
        Vgg19Weights keras = Vgg19Weights.read(fixture(file));
        Vgg19Weights caffe = Vgg19Weights.read(fixture("vgg19-caffe.safetensors"));

        assertThat(keras).isEqualTo(caffe);
        assertThat(keras.toBytes()).isEqualTo(caffe.toBytes());
    }

    @Test
    void bytesHoldWeightsAndConvention() throws IOException {
        for (String input : List.of("caffe", "torchvision")) {
            Vgg19Weights weights = Vgg19Weights.read(fixture("vgg19-" + input + ".safetensors"));
            assertThat(Vgg19Weights.fromBytes(weights.toBytes())).isEqualTo(weights);
        }
    }

    /**
     * torchvision's scale and mean can be folded into conv1_1 for Caffe's input, but only where no zeros are padded. What comes
     * out with zeros shows why the network keeps its convention.
     */
    @ParameterizedTest
    @CsvSource({"REFLECT, 0, 1e-5", "ZERO, 1e-4, 1"})
    void theSameNetworkInBothConventionsDiffersWhereZerosArePadded(Padding padding, double least, double most)
            throws IOException {
        Vgg19Weights torchvision = Vgg19Weights.read(fixture("vgg19-torchvision.safetensors"));
        Map<String, Tensor> caffe = new HashMap<>(torchvision.tensors().asMap());
        float[] weight = caffe.get("conv1_1.weight").values().clone();
        float[] bias = caffe.get("conv1_1.bias").values().clone();
        for (int i = 0; i < weight.length; i++) {
            int blueFirst = i / 9 % 3;
            int redFirst = 2 - blueFirst;
            bias[i / 27] +=
                    (float) (weight[i] * (BGR_MEAN[blueFirst] / 255 - RGB_MEAN[redFirst]) / RGB_DEVIATION[redFirst]);
            weight[i] /= (float) (255 * RGB_DEVIATION[redFirst]);
        }
        caffe.put("conv1_1.weight", Tensor.of(weight, weight.length / 27, 3, 3, 3));
        caffe.put("conv1_1.bias", Tensor.of(bias, bias.length));

        assertThat(relativeDifference(
                        features(new Vgg19Weights(new Tensors(caffe), InputConvention.CAFFE), padding),
                        features(torchvision, padding)))
                .isBetween(least, most);
    }

    @Test
    void theDescriptionSaysWidthPaddingInputAndSource() throws IOException {
        try (FeatureExtractor features = Vgg19Weights.read(fixture("vgg19-torchvision.safetensors"))
                .features(Padding.ZERO, "s3a://weights/vgg19")) {
            assertThat(features.description())
                    .isEqualTo(
                            "VGG19 conv4_4, 5 channels, zero padding, torchvision's input (RGB, 0 to 1, less the mean 0.485, "
                                    + "0.456, 0.406, over 0.229, 0.224, 0.225), s3a://weights/vgg19");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "AUTHORS, conv3_4.weight, conv3_4.weight",
        "AUTHORS, conv4_4.bias, conv4_4.bias",
        "AUTHORS, conv5_1.weight,",
        "TORCHVISION, features.0.weight, conv1_1.weight",
        "TORCHVISION, 25.bias, conv4_4.bias",
        "TORCHVISION, features.1.weight,",
        "TORCHVISION, features.28.weight,",
        "KERAS, block1_conv2/block1_conv2_W_1:0, conv1_2.weight",
        "KERAS, block1_conv2/block1_conv2_b_1:0, conv1_2.bias",
        "KERAS, block3_conv4/block3_conv4/kernel:0, conv3_4.weight",
        "KERAS, model_weights/block3_conv4/block3_conv4/bias, conv3_4.bias",
        "KERAS, model_weights/vgg19/block4_conv4/kernel:0, conv4_4.weight",
        "KERAS, block5_conv1/block5_conv1_W_1:0,",
        "KERAS, optimizer_weights/Adam/block1_conv1/kernel:0,",
        "KERAS_COUNTED, layers/conv2d/vars/0, conv1_1.weight",
        "KERAS_COUNTED, layers/functional/layers/conv2d_11/vars/1, conv4_4.bias",
        "KERAS_COUNTED, layers/conv2d_12/vars/0,",
    })
    void namesMeanLayers(Vgg19Naming naming, String name, String ours) {
        assertThat(naming.ours(name).orElse(null)).isEqualTo(ours);
    }

    @Test
    void biasesMayHaveAxesOfLengthOne() throws IOException {
        Vgg19Weights reshaped = Vgg19Weights.read(caffeWith("conv2_1.bias", bias -> bias.reshape(List.of(1, 3, 1, 1))));
        assertThat(reshaped).isEqualTo(Vgg19Weights.read(fixture("vgg19-caffe.safetensors")));
    }

    @Test
    void weightsOfAnotherNetworkAreRefused() throws IOException {
        Map<String, Tensor> generator = Map.of("conv01_1.weight", Tensor.of(new float[1], 1));
        assertRefused(
                generator,
                "Cannot find VGG19's weights in weights.h5: it has 1 tensors (conv01_1.weight), and nothing that VGG19's layers are "
                        + "called, such as conv1_1.weight");

        Map<String, Tensor> vgg16 = new LinkedHashMap<>(tensors("vgg19-caffe.safetensors"));
        vgg16.keySet().removeAll(Set.of("conv3_4.weight", "conv3_4.bias", "conv4_4.weight", "conv4_4.bias"));
        assertRefused(
                vgg16,
                "it lacks [conv3_4.weight, conv3_4.bias, conv4_4.weight, conv4_4.bias]",
                "VGG16 and narrower networks have no such layer");

        Map<String, Tensor> normalized = new LinkedHashMap<>(tensors("vgg19-torchvision.safetensors"));
        normalized.put("features.1.running_mean", Tensor.of(new float[2], 2));
        assertRefused(normalized, "it is another network, with 28 tensors (");

        Map<String, Tensor> thirteen = new LinkedHashMap<>(tensors("vgg19-keras3.weights.h5"));
        thirteen.put("layers/conv2d_12/vars/0", Tensor.of(new float[1], 1));
        assertRefused(thirteen, "it is another network, with 25 tensors (");
    }

    @Test
    void missingLayersAreNamed() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>(tensors("vgg19-torchvision.safetensors"));
        tensors.remove("features.12.bias");
        assertRefused(tensors, "it lacks [conv3_2.bias], or what stands for them beside features.0.weight");
    }

    @Test
    void twoCandidatesForOneLayerAreRefused() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>(tensors("vgg19-keras1.h5"));
        tensors.put("copy/block1_conv1/kernel:0", Tensor.of(new float[1], 1));
        assertRefused(
                tensors, "both block1_conv1/block1_conv1_W_1:0 and copy/block1_conv1/kernel:0 may be conv1_1.weight");
    }

    @Test
    void misshapenWeightsAreRefusedUnderTheirOwnName() throws IOException {
        assertRefused(
                caffeWith("conv2_1.weight", weight -> weight.reshape(List.of(2, 3, 3, 3))),
                "conv2_1.weight has shape [2, 3, 3, 3] (must be [channels, 2, 3, 3])");
        assertRefused(
                caffeWith("conv1_1.weight", weight -> Tensor.of(new float[0], 0, 3, 3, 3)),
                "conv1_1.weight has shape [0, 3, 3, 3] (must be [channels, 3, 3, 3])");
        assertRefused(
                caffeWith("conv2_1.bias", bias -> Tensor.of(new float[4], 4)),
                "conv2_1.bias has shape [4] (must be [3])");

        // Theano's kernels come first by their outputs.
        Map<String, Tensor> theano = new LinkedHashMap<>(tensors("vgg19-keras1.h5"));
        theano.compute("block1_conv2/block1_conv2_W_1:0", (name, weight) -> weight.reshape(List.of(2, 2, 3, 3)));
        assertRefused(theano, "block1_conv2/block1_conv2_W_1:0 has shape [2, 2, 3, 3] (must be [3, 3, 2, channels])");
    }

    @Test
    void valuesThatAreNotFiniteAreRefused() throws IOException {
        assertRefused(
                caffeWith("conv1_2.bias", bias -> Tensor.of(new float[] {0, Float.NaN}, 2)),
                "conv1_2.bias holds NaN at index 1");
    }

    private static INDArray features(Vgg19Weights weights, Padding padding) throws IOException {
        try (FeatureExtractor extractor = weights.features(padding, "test")) {
            return extractor.features(array("vgg19-input.npy"));
        }
    }

    private static double relativeDifference(INDArray actual, INDArray expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        return Transforms.abs(actual.sub(expected)).maxNumber().doubleValue()
                / expected.amaxNumber().doubleValue();
    }

    private static StoredTensors caffeWith(String name, UnaryOperator<Tensor> change) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>(tensors("vgg19-caffe.safetensors"));
        tensors.computeIfPresent(name, (key, tensor) -> change.apply(tensor));
        return stored(tensors);
    }

    private static void assertRefused(Map<String, Tensor> tensors, String... why) {
        assertRefused(stored(tensors), why);
    }

    private static void assertRefused(StoredTensors stored, String... why) {
        assertThatThrownBy(() -> Vgg19Weights.read(stored))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContainingAll(why);
    }

    private static StoredTensors stored(Map<String, Tensor> tensors) {
        return new StoredTensors() {
            @Override
            public String place() {
                return "weights.h5";
            }

            @Override
            public Set<String> names() {
                return tensors.keySet();
            }

            @Override
            public Tensor read(String name) {
                return tensors.get(name);
            }
        };
    }

    private static Map<String, Tensor> tensors(String file) throws IOException {
        return fixture(file).readAll().asMap();
    }

    private static StoredTensors fixture(String file) throws IOException {
        return TensorFormat.open(bytes(file), file);
    }

    private static INDArray array(String file) throws IOException {
        Tensor tensor = NpyFile.read(bytes(file), file);
        return Nd4j.createFromArray(tensor.values())
                .reshape(
                        'c',
                        tensor.shape().stream().mapToLong(Integer::longValue).toArray());
    }

    private static byte[] bytes(String file) throws IOException {
        try (var in = Vgg19WeightsTest.class.getResourceAsStream(file)) {
            return in.readAllBytes();
        }
    }
}
