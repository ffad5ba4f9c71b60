package io.toonlake.model;

import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TensorShapeProto.Dimension;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/**
 * A {@link Model} as ONNX, which any runtime of that format runs: input {@value #INPUT}, output {@value #OUTPUT}, both
 * [batch, 3, height, width] of any size that the generator takes, BGR, [-1, 1]. Equal models give equal bytes.
 *
 * <p>The graph is {@link GeneratorArchitecture}'s; its weights keep their names. Operators are those of {@value #OPSET}, an opset that
 * runtimes since 2022 know.
 */
public final class OnnxGenerator {
    /** Version of the operators used. */
    public static final int OPSET = 17;

    public static final String INPUT = "photo";
    public static final String OUTPUT = "cartoon";

    /** The file format's version that came with the opset. */
    private static final int IR_VERSION = 8;

    private final Model model;
    private final GeneratorArchitecture architecture;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("generator");

    /** Null where everything is single precision. */
    private final Calibration calibration;
    /** Used where there is a calibration. */
    private final Int8Layers int8;
    /** What a calibration is made of, each once. */
    private final Set<String> calibrated = new LinkedHashSet<>();

    private OnnxGenerator(Model model, Calibration calibration) {
        this.model = model;
        this.architecture = model.architecture();
        this.calibration = calibration;
        this.int8 = new Int8Layers(this, model, calibration);
    }

    /** The bytes of an ONNX file. */
    public static byte[] of(Model model) {
        return new OnnxGenerator(model, null).file().toByteArray();
    }

    /**
     * The same with most convolutions in 8-bit integers.
     *
     * @throws IllegalArgumentException where the calibration is of another model
     */
    public static byte[] of(Model model, Calibration calibration) {
        if (!calibration.model().equals(model.fingerprint())) {
            throw new IllegalArgumentException("Invalid calibration: of model %s, not %s (calibrate anew)"
                    .formatted(calibration.model(), model.fingerprint()));
        }
        return new OnnxGenerator(model, calibration).file().toByteArray();
    }

    /** The single-precision network with more outputs after {@value #OUTPUT}: every activation that a calibration has ranges of. */
    public static byte[] watched(Model model) {
        OnnxGenerator watched = new OnnxGenerator(model, null);
        ModelProto.Builder file = watched.file().toBuilder();
        for (String activation : watched.calibrated) {
            file.getGraphBuilder().addOutput(activation(activation));
        }
        return file.build().toByteArray();
    }

    private ModelProto file() {
        Map<String, String> described = new TreeMap<>(Map.of(
                "fingerprint", model.fingerprint(),
                "licence", model.origin().licence(),
                "source", model.origin().source(),
                "title", model.origin().title()));
        if (calibration != null) {
            described.put("calibration", calibration.fingerprint());
        }
        ModelProto.Builder file = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("toonlake")
                .setDocString(
                        "Photo in, cartoon out: [batch, 3, height, width], channels blue, green, red, values in [-1, 1], "
                                + "height and width multiples of " + GeneratorArchitecture.SIZE_MULTIPLE + ".")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(graph());
        described.forEach((key, value) -> file.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return file.build();
    }

    private GraphProto graph() {
        Padding around = architecture.padding();
        String x = rectified(normalized(convolved(INPUT, "conv01_1", 1, 3, Padding.REFLECT), "in01_1"));
        int stage = 2;
        for (; stage <= 3; stage++) {
            String halved = convolved(x, name("conv", stage, 1), 2, 1, around);
            x = paired(halved, name("conv", stage, 2), name("in", stage, 1));
        }
        for (int block = 0; block < architecture.residualBlocks(); block++, stage++) {
            x = sum(x, body(x, stage));
        }
        for (int doubling = 1; doubling <= 2; doubling++, stage++) {
            String doubled = doubled(x, name("deconv", doubling, 1));
            x = paired(doubled, name("deconv", doubling, 2), name("in", stage, 1));
        }
        x = convolved(x, "deconv03_1", 1, 3, Padding.REFLECT);
        graph.addNode(node("Tanh", OUTPUT, OUTPUT, x));
        graph.addInput(picture(INPUT)).addOutput(picture(OUTPUT));
        return graph.build();
    }

    private static String name(String kind, int stage, int half) {
        return "%s%02d_%d".formatted(kind, stage, half);
    }

    /** A residual block without its sum. */
    private String body(String x, int stage) {
        String first = rectified(
                normalized(convolved(x, name("conv", stage, 1), 1, 1, Padding.REFLECT), name("in", stage, 1)));
        return normalized(convolved(first, name("conv", stage, 2), 1, 1, Padding.REFLECT), name("in", stage, 2));
    }

    private String paired(String x, String name, String norm) {
        return rectified(normalized(convolved(x, name, 1, 1, architecture.padding()), norm));
    }

    private String convolved(String x, String name, int stride, int pixels, Padding padding) {
        boolean reflects = padding == Padding.REFLECT;
        if (Int8Layers.contains(name)) {
            calibrated.add(x);
            calibrated.add(name);
            if (calibration != null) {
                return int8.convolved(x, name, stride, reflects ? 0 : pixels, reflects ? pixels : 0);
            }
        }
        String weight = parameter(name + ".weight");
        String floats = int8.floats(x);
        String padded = reflects ? reflected(floats, name, pixels) : floats;
        int zeros = reflects ? 0 : pixels;
        graph.addNode(node("Conv", name, name, padded, weight, parameter(name + ".bias"))
                .addAttribute(integers("kernel_shape", kernel(weight), kernel(weight)))
                .addAttribute(integers("strides", stride, stride))
                .addAttribute(integers("pads", zeros, zeros, zeros, zeros)));
        return name;
    }

    String reflected(String x, String name, int pixels) {
        String widths = "reflect." + pixels;
        long border = pixels;
        constant(TensorProto.newBuilder()
                .setName(widths)
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addDims(8)
                .addAllInt64Data(List.of(0L, 0L, border, border, 0L, 0L, border, border)));
        String padded = name + ".reflected";
        graph.addNode(node("Pad", padded, padded, x, widths).addAttribute(text("mode", "reflect")));
        return padded;
    }

    /** What several layers share is there once. */
    void constant(TensorProto.Builder tensor) {
        if (graph.getInitializerList().stream()
                .noneMatch(there -> there.getName().equals(tensor.getName()))) {
            graph.addInitializer(tensor);
        }
    }

    private String doubled(String x, String name) {
        if (architecture.upsampling() == Upsampling.RESIZE) {
            return convolved(enlarged(x, name), name, 1, 1, architecture.padding());
        }
        if (Int8Layers.contains(name)) {
            calibrated.add(x);
            calibrated.add(name);
            if (calibration != null) {
                return int8.doubled(x, name);
            }
        }
        graph.addNode(node(
                        "ConvTranspose",
                        name,
                        name,
                        int8.floats(x),
                        parameter(name + ".weight"),
                        parameter(name + ".bias"))
                .addAttribute(integers("kernel_shape", 3, 3))
                .addAttribute(integers("strides", 2, 2))
                .addAttribute(integers("pads", 1, 1, 1, 1))
                .addAttribute(integers("output_padding", 1, 1)));
        return name;
    }

    private String enlarged(String x, String name) {
        String factors = "doubling";
        constant(TensorProto.newBuilder()
                .setName(factors)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addDims(4)
                .addAllFloatData(List.of(1f, 1f, 2f, 2f)));
        String enlarged = name + ".enlarged";
        // The second input, a region of interest, is left out.
        graph.addNode(node("Resize", enlarged, enlarged, x, "", factors)
                .addAttribute(text("mode", "nearest"))
                .addAttribute(text("coordinate_transformation_mode", "asymmetric"))
                .addAttribute(text("nearest_mode", "floor")));
        return enlarged;
    }

    private String normalized(String x, String name) {
        graph.addNode(node(
                        "InstanceNormalization",
                        name,
                        name,
                        int8.floats(x),
                        parameter(name + ".scale"),
                        parameter(name + ".shift"))
                .addAttribute(AttributeProto.newBuilder()
                        .setName("epsilon")
                        .setType(AttributeType.FLOAT)
                        .setF((float) architecture.normEpsilon())));
        return name;
    }

    private String rectified(String x) {
        String rectified = x + ".relu";
        graph.addNode(node("Relu", rectified, rectified, x));
        return rectified;
    }

    private String sum(String x, String branch) {
        String sum = branch + ".sum";
        graph.addNode(node("Add", sum, sum, x, branch));
        return sum;
    }

    void add(NodeProto.Builder node) {
        graph.addNode(node);
    }

    /** A constant [values], single precision. */
    String floats(String name, float[] values) {
        return constant(name, Tensor.of(values, values.length));
    }

    /** A constant without axes, single precision. */
    String scalar(String name, float value) {
        return constant(name, new Tensor(List.of(), new float[] {value}));
    }

    static NodeProto.Builder node(String operator, String name, String output, String... inputs) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName(name)
                .addOutput(output)
                .addAllInput(Arrays.asList(inputs));
    }

    private String parameter(String name) {
        return constant(name, model.tensors().tensor(name));
    }

    private String constant(String name, Tensor tensor) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Float.BYTES * tensor.values().length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(tensor.values());
        TensorProto.Builder initializer = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .setRawData(ByteString.copyFrom(bytes));
        tensor.shape().forEach(initializer::addDims);
        constant(initializer);
        return name;
    }

    private int kernel(String weight) {
        return model.tensors().tensor(weight).shape().get(3);
    }

    static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto integers(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
        Arrays.stream(values).forEach(attribute::addInts);
        return attribute.build();
    }

    static AttributeProto text(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    private static ValueInfoProto picture(String name) {
        return described(name, Dimension.newBuilder().setDimValue(3), "height", "width");
    }

    /** What sides an activation has is not said: they are not the picture's. */
    private static ValueInfoProto activation(String name) {
        return described(
                name, Dimension.newBuilder().setDimParam(name + ".channels"), name + ".height", name + ".width");
    }

    private static ValueInfoProto described(String name, Dimension.Builder channels, String height, String width) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(Dimension.newBuilder().setDimParam("batch"))
                .addDim(channels)
                .addDim(Dimension.newBuilder().setDimParam(height))
                .addDim(Dimension.newBuilder().setDimParam(width))
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                                .setShape(shape)))
                .build();
    }
}
