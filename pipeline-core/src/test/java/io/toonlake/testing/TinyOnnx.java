package io.toonlake.testing;

import static io.toonlake.model.OnnxGraph.axis;
import static io.toonlake.model.OnnxGraph.integers;
import static io.toonlake.model.OnnxGraph.node;
import static io.toonlake.model.OnnxGraph.text;

import io.toonlake.model.OnnxGraph;
import io.toonlake.model.PictureLayout;
import io.toonlake.model.Tensor;
import java.util.List;
import onnx.Onnx.ModelProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto.Dimension;
import onnx.Onnx.ValueInfoProto;

/** Networks of a few nodes, as others might have published them, whose pictures are known exactly. */
public final class TinyOnnx {
    public static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
    public static final int FLOAT16 = TensorProto.DataType.FLOAT16_VALUE;
    public static final int UINT8 = TensorProto.DataType.UINT8_VALUE;

    /** What each network's input and output are called. */
    public static final String INPUT = "photo_in";

    public static final String OUTPUT = "picture_out";

    private TinyOnnx() {}

    /** A picture of that shape, the sides by name where they are free. */
    public static ValueInfoProto picture(String name, int type, PictureLayout layout, long width, long height) {
        Dimension.Builder wide = width > 0 ? axis(width) : axis("w");
        Dimension.Builder high = height > 0 ? axis(height) : axis("h");
        return layout == PictureLayout.NCHW
                ? OnnxGraph.value(name, type, axis("n"), axis(3), high, wide)
                : OnnxGraph.value(name, type, axis("n"), high, wide, axis(3));
    }

    /** A graph with its input and output declared, and no nodes yet. */
    public static OnnxGraph graph(int type, PictureLayout layout, long width, long height) {
        OnnxGraph graph = new OnnxGraph("tiny");
        graph.addInput(picture(INPUT, type, layout, width, height));
        graph.addOutput(picture(OUTPUT, type, layout, width, height));
        return graph;
    }

    public static byte[] bytes(OnnxGraph graph) {
        return file(graph).build().toByteArray();
    }

    public static ModelProto.Builder file(OnnxGraph graph) {
        return graph.file();
    }

    /** Gives what it takes. */
    public static byte[] identity(PictureLayout layout, long width, long height) {
        OnnxGraph graph = graph(FLOAT, layout, width, height);
        graph.add(node("Identity", OUTPUT, INPUT));
        return bytes(graph);
    }

    /** Multiplies each channel, in the network's order, and adds to it. */
    public static byte[] linear(int type, PictureLayout layout, double[] factors, double[] sums) {
        OnnxGraph graph = graph(type, layout, 0, 0);
        List<Integer> shape = layout == PictureLayout.NCHW ? List.of(1, 3, 1, 1) : List.of(1, 1, 1, 3);
        graph.constant("factors", new Tensor(shape, floats(factors)));
        graph.constant("sums", new Tensor(shape, floats(sums)));
        graph.add(cast("single", INPUT, FLOAT));
        graph.add(node("Mul", "multiplied", "single", "factors"));
        graph.add(node("Add", "added", "multiplied", "sums"));
        graph.add(cast(OUTPUT, "added", type));
        return bytes(graph);
    }

    /** Makes one colour of every square of 2^halvings pixels, the mean of theirs: so it takes multiples of that. */
    public static byte[] squares(int halvings) {
        OnnxGraph graph = graph(FLOAT, PictureLayout.NCHW, 0, 0);
        String x = INPUT;
        for (int i = 0; i < halvings; i++) {
            String pooled = "pooled" + i;
            graph.add(node("AveragePool", pooled, x)
                    .addAttribute(integers("kernel_shape", 2, 2))
                    .addAttribute(integers("strides", 2, 2)));
            x = pooled;
        }
        for (int i = 0; i < halvings; i++) {
            x = graph.enlarged(x, "doubling", "enlarged" + i);
        }
        graph.add(node("Identity", OUTPUT, x));
        return bytes(graph);
    }

    /** Mirrors a border of so many pixels, for which the picture has to be larger than that, and takes it away again. */
    public static byte[] mirrored(long pixels) {
        OnnxGraph graph = graph(FLOAT, PictureLayout.NCHW, 0, 0);
        graph.constant(longs("widths", 0, 0, pixels, pixels, 0, 0, pixels, pixels));
        graph.constant(longs("from", pixels, pixels));
        graph.constant(longs("to", -pixels, -pixels));
        graph.constant(longs("axes", 2, 3));
        graph.add(node("Pad", "padded", INPUT, "widths").addAttribute(text("mode", "reflect")));
        graph.add(node("Slice", OUTPUT, "padded", "from", "to", "axes"));
        return bytes(graph);
    }

    /** Takes any size by what it declares, and gives that one, as exporters leave networks that compute sizes from the photo they saw. */
    public static byte[] traced(long width, long height) {
        OnnxGraph graph = graph(FLOAT, PictureLayout.NCHW, 0, 0);
        graph.constant(longs("shape", 1, 3, height, width));
        graph.add(node("Resize", OUTPUT, INPUT, "", "", "shape")
                .addAttribute(text("mode", "nearest"))
                .addAttribute(text("coordinate_transformation_mode", "asymmetric"))
                .addAttribute(text("nearest_mode", "floor")));
        return bytes(graph);
    }

    public static TensorProto.Builder longs(String name, long... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addDims(values.length);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        return tensor;
    }

    private static onnx.Onnx.NodeProto.Builder cast(String output, String x, int type) {
        return node("Cast", output, x).addAttribute(OnnxGraph.integer("to", type));
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
