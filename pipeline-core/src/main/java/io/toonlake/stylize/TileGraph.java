package io.toonlake.stylize;

import io.toonlake.model.OnnxGenerator;
import io.toonlake.model.Tensor;
import io.toonlake.network.Activation;
import io.toonlake.network.Padding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TensorShapeProto.Dimension;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/**
 * A {@link TileChain} as ONNX, for tiles of any size: input {@value #INPUT} and output {@value #OUTPUT}, [1, C, h, w], and for each layer that
 * pads the widths, since only tiles at the picture's borders are padded.
 */
final class TileGraph {
    static final String INPUT = "part";
    static final String OUTPUT = "tile";

    /** The file format's version that came with the opset. */
    private static final int IR_VERSION = 8;

    private final TileChain chain;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("tiles");

    private TileGraph(TileChain chain) {
        this.chain = chain;
    }

    /** The bytes of an ONNX file. */
    static byte[] of(TileChain chain) {
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("toonlake")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OnnxGenerator.OPSET))
                .setGraph(new TileGraph(chain).graph())
                .build()
                .toByteArray();
    }

    /** The input that says by how much a layer pads: int64 [8], before and after each axis. */
    static String padding(int layer) {
        return "padding" + layer;
    }

    private GraphProto graph() {
        graph.addInput(map(INPUT, chain.inputChannels()));
        String x = INPUT;
        for (int i = 0; i < chain.layers().size(); i++) {
            x = layer(i, chain.layers().get(i), x);
        }
        graph.addNode(node("Identity", OUTPUT, x));
        graph.addOutput(map(OUTPUT, chain.outputChannels()));
        return graph.build();
    }

    private String layer(int i, TileLayer layer, String x) {
        String weight = parameter("weight" + i, layer.weight());
        String bias = parameter("bias" + i, layer.bias());
        String convolved = "convolved" + i;
        switch (layer.step()) {
            case TRANSPOSED ->
                graph.addNode(node("ConvTranspose", convolved, x, weight, bias)
                        .addAttribute(integers("kernel_shape", layer.kernel(), layer.kernel()))
                        .addAttribute(integers("strides", 2, 2))
                        .addAttribute(integers("pads", 1, 1, 1, 1))
                        .addAttribute(integers("output_padding", 1, 1)));
            case RESIZE -> convolve(i, layer, enlarged(i, x), 1);
            case HALVING -> convolve(i, layer, x, 2);
            case SAME -> convolve(i, layer, x, 1);
        }
        return activated(i, layer.activation(), convolved);
    }

    private void convolve(int i, TileLayer layer, String x, int stride) {
        String padded = "padded" + i;
        graph.addInput(value(
                padding(i),
                TensorProto.DataType.INT64_VALUE,
                Dimension.newBuilder().setDimValue(8)));
        graph.addNode(node("Pad", padded, x, padding(i))
                .addAttribute(text("mode", layer.padding() == Padding.REFLECT ? "reflect" : "constant")));
        graph.addNode(node("Conv", "convolved" + i, padded, "weight" + i, "bias" + i)
                .addAttribute(integers("kernel_shape", layer.kernel(), layer.kernel()))
                .addAttribute(integers("strides", stride, stride)));
    }

    private String enlarged(int i, String x) {
        String factors = "doubling" + i;
        graph.addInitializer(TensorProto.newBuilder()
                .setName(factors)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addDims(4)
                .addAllFloatData(List.of(1f, 1f, 2f, 2f)));
        String enlarged = "enlarged" + i;
        // The second input, a region of interest, is left out.
        graph.addNode(node("Resize", enlarged, x, "", factors)
                .addAttribute(text("mode", "nearest"))
                .addAttribute(text("coordinate_transformation_mode", "asymmetric"))
                .addAttribute(text("nearest_mode", "floor")));
        return enlarged;
    }

    private String activated(int i, Activation activation, String x) {
        if (activation == Activation.NONE) {
            return x;
        }
        String activated = "activated" + i;
        graph.addNode(node(activation == Activation.RELU ? "Relu" : "Tanh", activated, x));
        return activated;
    }

    private String parameter(String name, Tensor tensor) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Float.BYTES * tensor.values().length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(tensor.values());
        TensorProto.Builder initializer = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .setRawData(ByteString.copyFrom(bytes));
        tensor.shape().forEach(initializer::addDims);
        graph.addInitializer(initializer);
        return name;
    }

    private static NodeProto.Builder node(String operator, String output, String... inputs) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addOutput(output)
                .addAllInput(Arrays.asList(inputs));
    }

    private static AttributeProto integers(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
        Arrays.stream(values).forEach(attribute::addInts);
        return attribute.build();
    }

    private static AttributeProto text(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    private static ValueInfoProto map(String name, int channels) {
        return value(
                name,
                TensorProto.DataType.FLOAT_VALUE,
                Dimension.newBuilder().setDimValue(1),
                Dimension.newBuilder().setDimValue(channels),
                Dimension.newBuilder().setDimParam(name + ".height"),
                Dimension.newBuilder().setDimParam(name + ".width"));
    }

    private static ValueInfoProto value(String name, int type, Dimension.Builder... axes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Dimension.Builder axis : axes) {
            shape.addDim(axis);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
                .build();
    }
}
