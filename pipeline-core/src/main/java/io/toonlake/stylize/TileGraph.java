package io.toonlake.stylize;

import io.toonlake.model.OnnxGraph;
import io.toonlake.network.Activation;
import io.toonlake.network.Padding;
import onnx.Onnx.TensorProto;
import onnx.Onnx.ValueInfoProto;

/**
 * A {@link TileChain} as ONNX, for tiles of any size: input {@value #INPUT} and output {@value #OUTPUT}, [1, C, h, w], and for each layer that
 * pads the widths, since only tiles at the picture's borders are padded.
 */
final class TileGraph {
    static final String INPUT = "part";
    static final String OUTPUT = "tile";

    private final TileChain chain;
    private final OnnxGraph graph = new OnnxGraph("tiles");

    private TileGraph(TileChain chain) {
        this.chain = chain;
    }

    /** The bytes of an ONNX file. */
    static byte[] of(TileChain chain) {
        TileGraph tiles = new TileGraph(chain);
        tiles.addLayers();
        return tiles.graph.file().build().toByteArray();
    }

    /** The input that says by how much a layer pads: int64 [8], before and after each axis. */
    static String padding(int layer) {
        return "padding" + layer;
    }

    private void addLayers() {
        graph.addInput(map(INPUT, chain.inputChannels()));
        String x = INPUT;
        for (int i = 0; i < chain.layers().size(); i++) {
            x = layer(i, chain.layers().get(i), x);
        }
        graph.add(OnnxGraph.node("Identity", OUTPUT, x));
        graph.addOutput(map(OUTPUT, chain.outputChannels()));
    }

    private String layer(int i, TileLayer layer, String x) {
        String weight = graph.constant("weight" + i, layer.weight());
        String bias = graph.constant("bias" + i, layer.bias());
        String convolved = "convolved" + i;
        switch (layer.step()) {
            case TRANSPOSED ->
                graph.add(OnnxGraph.node("ConvTranspose", convolved, x, weight, bias)
                        .addAttribute(OnnxGraph.integers("kernel_shape", layer.kernel(), layer.kernel()))
                        .addAttribute(OnnxGraph.integers("strides", 2, 2))
                        .addAttribute(OnnxGraph.integers("pads", 1, 1, 1, 1))
                        .addAttribute(OnnxGraph.integers("output_padding", 1, 1)));
            case RESIZE -> convolve(i, layer, graph.enlarged(x, "doubling" + i, "enlarged" + i), 1);
            case HALVING -> convolve(i, layer, x, 2);
            case SAME -> convolve(i, layer, x, 1);
        }
        return activated(i, layer.activation(), convolved);
    }

    private void convolve(int i, TileLayer layer, String x, int stride) {
        String padded = "padded" + i;
        graph.addInput(OnnxGraph.value(padding(i), TensorProto.DataType.INT64_VALUE, OnnxGraph.axis(8)));
        graph.add(OnnxGraph.node("Pad", padded, x, padding(i))
                .addAttribute(OnnxGraph.text("mode", layer.padding() == Padding.REFLECT ? "reflect" : "constant")));
        graph.add(OnnxGraph.node("Conv", "convolved" + i, padded, "weight" + i, "bias" + i)
                .addAttribute(OnnxGraph.integers("kernel_shape", layer.kernel(), layer.kernel()))
                .addAttribute(OnnxGraph.integers("strides", stride, stride)));
    }

    private String activated(int i, Activation activation, String x) {
        if (activation == Activation.NONE) {
            return x;
        }
        String activated = "activated" + i;
        graph.add(OnnxGraph.node(activation == Activation.RELU ? "Relu" : "Tanh", activated, x));
        return activated;
    }

    private static ValueInfoProto map(String name, int channels) {
        return OnnxGraph.value(
                name,
                TensorProto.DataType.FLOAT_VALUE,
                OnnxGraph.axis(1),
                OnnxGraph.axis(channels),
                OnnxGraph.axis(name + ".height"),
                OnnxGraph.axis(name + ".width"));
    }
}
