package io.toonlake.model;

import ai.onnxruntime.platform.Fp16Conversions;
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
 * An ONNX graph in the making, of the operators of {@value #OPSET}, an opset that runtimes since 2022 know. Every node has the name of its one
 * output.
 */
public final class OnnxGraph {
    /** Version of the operators used. */
    public static final int OPSET = 17;

    /** The file format's version that came with the opset. */
    private static final int IR_VERSION = 8;

    /** The largest number of half precision. */
    private static final float MOST_HALF = 65504;

    private final GraphProto.Builder graph;

    public OnnxGraph(String name) {
        graph = GraphProto.newBuilder().setName(name);
    }

    /** A file of the graph as it is now. */
    public ModelProto.Builder file() {
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("toonlake")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(graph);
    }

    public void add(NodeProto.Builder node) {
        graph.addNode(node);
    }

    public void addInput(ValueInfoProto value) {
        graph.addInput(value);
    }

    public void addOutput(ValueInfoProto value) {
        graph.addOutput(value);
    }

    /** A constant that nodes read by its name. What several of them share is there once. */
    public String constant(TensorProto.Builder tensor) {
        if (graph.getInitializerList().stream()
                .noneMatch(there -> there.getName().equals(tensor.getName()))) {
            graph.addInitializer(tensor);
        }
        return tensor.getName();
    }

    /** A constant in single precision. */
    public String constant(String name, Tensor tensor) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Float.BYTES * tensor.values().length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(tensor.values());
        TensorProto.Builder initializer = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .setRawData(ByteString.copyFrom(bytes));
        tensor.shape().forEach(initializer::addDims);
        return constant(initializer);
    }

    /**
     * A constant in half precision.
     *
     * @throws IllegalArgumentException where a value is beyond what that can hold
     */
    public String halfConstant(String name, Tensor tensor) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Short.BYTES * tensor.values().length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : tensor.values()) {
            if (Math.abs(value) > MOST_HALF) {
                throw new IllegalArgumentException("Invalid tensor for half precision: %s holds %s (at most %.0f)"
                        .formatted(name, value, MOST_HALF));
            }
            bytes.putShort(Fp16Conversions.floatToFp16(value));
        }
        TensorProto.Builder initializer = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT16_VALUE)
                .setRawData(ByteString.copyFrom(bytes.flip()));
        tensor.shape().forEach(initializer::addDims);
        return constant(initializer);
    }

    /**
     * The same numbers in another type.
     *
     * @param type one of {@code TensorProto.DataType}'s values
     */
    public String cast(String x, int type, String output) {
        add(node("Cast", output, x).addAttribute(integer("to", type)));
        return output;
    }

    /** Every pixel of x, [N, C, H, W], four times: {@code output}, [N, C, 2H, 2W]. */
    public String enlarged(String x, String factors, String output) {
        constant(TensorProto.newBuilder()
                .setName(factors)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addDims(4)
                .addAllFloatData(List.of(1f, 1f, 2f, 2f)));
        // The second input, a region of interest, is left out.
        add(node("Resize", output, x, "", factors)
                .addAttribute(text("mode", "nearest"))
                .addAttribute(text("coordinate_transformation_mode", "asymmetric"))
                .addAttribute(text("nearest_mode", "floor")));
        return output;
    }

    public static NodeProto.Builder node(String operator, String output, String... inputs) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addOutput(output)
                .addAllInput(Arrays.asList(inputs));
    }

    public static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.INT)
                .setI(value)
                .build();
    }

    public static AttributeProto integers(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
        Arrays.stream(values).forEach(attribute::addInts);
        return attribute.build();
    }

    public static AttributeProto text(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    /**
     * An input or output.
     *
     * @param type of its elements, one of {@code TensorProto.DataType}'s values
     */
    public static ValueInfoProto value(String name, int type, Dimension.Builder... axes) {
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

    /** A side of so many elements. */
    public static Dimension.Builder axis(long length) {
        return Dimension.newBuilder().setDimValue(length);
    }

    /** A side of any length, by that name. */
    public static Dimension.Builder axis(String name) {
        return Dimension.newBuilder().setDimParam(name);
    }
}
