package io.toonlake.model;

import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import onnx.Onnx.ModelProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto.Dimension;
import onnx.Onnx.ValueInfoProto;

/**
 * A {@link Model} as ONNX, which any runtime of that format runs: input {@value #INPUT}, output {@value #OUTPUT}, both
 * [batch, 3, height, width] of any size that the generator takes, BGR, [-1, 1]. Equal models give equal bytes.
 *
 * <p>The graph is {@link GeneratorArchitecture}'s; its weights keep their names.
 */
public final class OnnxGenerator {
    public static final String INPUT = "photo";
    public static final String OUTPUT = "cartoon";

    private final Model model;
    private final GeneratorArchitecture architecture;
    private final OnnxGraph graph = new OnnxGraph("generator");

    /** Null where everything is single precision. */
    private final Calibration calibration;
    /** Whether convolutions and what lies between them are half precision. */
    private final boolean half;
    /** Used where there is a calibration. */
    private final Int8Layers int8;
    /** What a calibration is made of, each once. */
    private final Set<String> calibrated = new LinkedHashSet<>();

    private OnnxGenerator(Model model, Calibration calibration, boolean half) {
        this.model = model;
        this.half = half;
        this.architecture = model.architecture();
        this.calibration = calibration;
        this.int8 = new Int8Layers(this, graph, model, calibration);
    }

    /** The bytes of an ONNX file. */
    public static byte[] of(Model model) {
        return new OnnxGenerator(model, null, false).file().toByteArray();
    }

    /**
     * The same with convolutions, activations and sums in half precision, for GPUs. Norms stay single precision: their sums run over a whole picture,
     * and what goes into them has no bounds. So do the picture before and after, and what makes its values of the last convolution's.
     *
     * @throws IllegalArgumentException where a weight is beyond what half precision can hold
     */
    public static byte[] half(Model model) {
        return new OnnxGenerator(model, null, true).file().toByteArray();
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
        return new OnnxGenerator(model, calibration, false).file().toByteArray();
    }

    /** The single-precision network with more outputs after {@value #OUTPUT}: every activation that a calibration has ranges of. */
    public static byte[] watched(Model model) {
        OnnxGenerator watched = new OnnxGenerator(model, null, false);
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
        addLayers();
        ModelProto.Builder file = graph.file()
                .setDocString(
                        "Photo in, cartoon out: [batch, 3, height, width], channels blue, green, red, values in [-1, 1], "
                                + "height and width multiples of " + GeneratorArchitecture.SIZE_MULTIPLE + ".");
        described.forEach((key, value) -> file.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return file.build();
    }

    private void addLayers() {
        Padding around = architecture.padding();
        String photo = half ? graph.cast(INPUT, TensorProto.DataType.FLOAT16_VALUE, INPUT + ".half") : INPUT;
        String x = rectified(normalized(convolved(photo, "conv01_1", 1, 3, Padding.REFLECT), "in01_1"));
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
        graph.add(OnnxGraph.node("Tanh", OUTPUT, single(x)));
        graph.addInput(picture(INPUT));
        graph.addOutput(picture(OUTPUT));
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
        String weight = weight(name + ".weight");
        String floats = int8.floats(x);
        String padded = reflects ? reflected(floats, name, pixels) : floats;
        int zeros = reflects ? 0 : pixels;
        graph.add(OnnxGraph.node("Conv", name, padded, weight, weight(name + ".bias"))
                .addAttribute(OnnxGraph.integers("kernel_shape", kernel(weight), kernel(weight)))
                .addAttribute(OnnxGraph.integers("strides", stride, stride))
                .addAttribute(OnnxGraph.integers("pads", zeros, zeros, zeros, zeros)));
        return name;
    }

    String reflected(String x, String name, int pixels) {
        String widths = "reflect." + pixels;
        long border = pixels;
        graph.constant(TensorProto.newBuilder()
                .setName(widths)
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addDims(8)
                .addAllInt64Data(List.of(0L, 0L, border, border, 0L, 0L, border, border)));
        String padded = name + ".reflected";
        graph.add(OnnxGraph.node("Pad", padded, x, widths).addAttribute(OnnxGraph.text("mode", "reflect")));
        return padded;
    }

    private String doubled(String x, String name) {
        if (architecture.upsampling() == Upsampling.RESIZE) {
            return convolved(graph.enlarged(x, "doubling", name + ".enlarged"), name, 1, 1, architecture.padding());
        }
        if (Int8Layers.contains(name)) {
            calibrated.add(x);
            calibrated.add(name);
            if (calibration != null) {
                return int8.doubled(x, name);
            }
        }
        graph.add(
                OnnxGraph.node("ConvTranspose", name, int8.floats(x), weight(name + ".weight"), weight(name + ".bias"))
                        .addAttribute(OnnxGraph.integers("kernel_shape", 3, 3))
                        .addAttribute(OnnxGraph.integers("strides", 2, 2))
                        .addAttribute(OnnxGraph.integers("pads", 1, 1, 1, 1))
                        .addAttribute(OnnxGraph.integers("output_padding", 1, 1)));
        return name;
    }

    private String normalized(String x, String name) {
        String normalized = half ? name + ".single" : name;
        graph.add(OnnxGraph.node(
                        "InstanceNormalization",
                        normalized,
                        single(int8.floats(x)),
                        parameter(name + ".scale"),
                        parameter(name + ".shift"))
                .addAttribute(AttributeProto.newBuilder()
                        .setName("epsilon")
                        .setType(AttributeType.FLOAT)
                        .setF((float) architecture.normEpsilon())));
        return half ? graph.cast(normalized, TensorProto.DataType.FLOAT16_VALUE, name) : name;
    }

    /** A value in single precision, which it is where nothing is half. */
    private String single(String x) {
        return half ? graph.cast(x, TensorProto.DataType.FLOAT_VALUE, x + ".single") : x;
    }

    private String rectified(String x) {
        String rectified = x + ".relu";
        graph.add(OnnxGraph.node("Relu", rectified, x));
        return rectified;
    }

    private String sum(String x, String branch) {
        String sum = branch + ".sum";
        graph.add(OnnxGraph.node("Add", sum, x, branch));
        return sum;
    }

    /** Of a convolution. */
    private String weight(String name) {
        return half ? graph.halfConstant(name, model.tensors().tensor(name)) : parameter(name);
    }

    private String parameter(String name) {
        return graph.constant(name, model.tensors().tensor(name));
    }

    private int kernel(String weight) {
        return model.tensors().tensor(weight).shape().get(3);
    }

    private static ValueInfoProto picture(String name) {
        return described(name, OnnxGraph.axis(3), "height", "width");
    }

    /** What sides an activation has is not said: they are not the picture's. */
    private static ValueInfoProto activation(String name) {
        return described(name, OnnxGraph.axis(name + ".channels"), name + ".height", name + ".width");
    }

    private static ValueInfoProto described(String name, Dimension.Builder channels, String height, String width) {
        return OnnxGraph.value(
                name,
                TensorProto.DataType.FLOAT_VALUE,
                OnnxGraph.axis("batch"),
                channels,
                OnnxGraph.axis(height),
                OnnxGraph.axis(width));
    }
}
