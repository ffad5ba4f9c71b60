package io.toonlake.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.junit.jupiter.api.Test;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/** The shape of the file; what it computes is seen where engines run it. */
class OnnxGeneratorTest {
    private static Model model(GeneratorArchitecture architecture, boolean shuffled) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        List<String> names =
                new ArrayList<>(GeneratorParameters.shapes(architecture).keySet());
        if (shuffled) {
            java.util.Collections.reverse(names);
        }
        for (String name : names) {
            List<Integer> shape = GeneratorParameters.shapes(architecture).get(name);
            float[] values = new float[shape.stream().reduce(1, Math::multiplyExact)];
            for (int i = 0; i < values.length; i++) {
                values[i] = (name.hashCode() % 100 + i) / 1e3f;
            }
            tensors.put(name, new Tensor(shape, values));
        }
        return new Model(architecture, new Tensors(tensors), ModelOrigin.imported("drawn", "a test", "CC0-1.0"));
    }

    @Test
    void equalModelsGiveEqualBytes() {
        GeneratorArchitecture small = new GeneratorArchitecture(2, 1, Padding.REFLECT, 1e-5);

        assertThat(OnnxGenerator.of(model(small, true))).isEqualTo(OnnxGenerator.of(model(small, false)));
    }

    @Test
    void everyWeightIsThereUnderItsNameAndTheOriginIsTold() throws InvalidProtocolBufferException {
        Model model = model(new GeneratorArchitecture(2, 3, Padding.REFLECT, Upsampling.RESIZE, 1e-5), false);

        ModelProto file = ModelProto.parseFrom(OnnxGenerator.of(model));

        for (String name : model.tensors().names()) {
            Tensor tensor = model.tensors().tensor(name);
            TensorProto stored = file.getGraph().getInitializerList().stream()
                    .filter(initializer -> initializer.getName().equals(name))
                    .findFirst()
                    .orElseThrow();
            float[] values = new float[tensor.values().length];
            stored.getRawData()
                    .asReadOnlyByteBuffer()
                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            assertThat(stored.getDimsList())
                    .containsExactlyElementsOf(
                            tensor.shape().stream().map(Integer::longValue).toList());
            assertThat(values).containsExactly(tensor.values());
        }
        assertThat(file.getGraph().getNodeList())
                .extracting(NodeProto::getOpType)
                .contains("Resize", "Pad", "InstanceNormalization", "Tanh")
                .doesNotContain("ConvTranspose");
        assertThat(file.getMetadataPropsList())
                .anySatisfy(property -> {
                    assertThat(property.getKey()).isEqualTo("fingerprint");
                    assertThat(property.getValue()).isEqualTo(model.fingerprint());
                })
                .anySatisfy(property -> assertThat(property.getValue()).isEqualTo("CC0-1.0"));
    }
}
