package io.toonlake.stylize;

import io.toonlake.model.Model;
import io.toonlake.model.OnnxGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;

/** Engines as jobs open them, and one more, for benchmarks. */
public final class BenchmarkedEngine {
    private static final long MAX_BYTES = 64L << 30;

    private BenchmarkedEngine() {}

    /**
     * Opens a model.
     *
     * @param how whole, tiles, or twice: the cartoon's cartoon. What that takes longer than a cartoon is the network alone, without the picture's way
     *     to the GPU and back, for which ONNX Runtime's classes have no clock.
     */
    public static StylizingEngine open(Model model, String how, Precision precision, int threads, Processor processor) {
        return switch (how) {
            case "whole" ->
                processor.isGpu()
                        ? EngineKind.ONNXRUNTIME.openOnGpu(model, precision, threads, MAX_BYTES, 1, processor)
                        : new OrtEngine(model, precision, threads, processor);
            case "tiles" -> new TiledEngine(model, threads, MAX_BYTES, processor);
            case "twice" -> {
                byte[] once = precision == Precision.FP16 ? OnnxGenerator.half(model) : OnnxGenerator.of(model);
                yield new OrtEngine(model, model.fingerprint(), twice(once), threads, processor);
            }
            default -> throw new IllegalArgumentException("Invalid way to open an engine: " + how);
        };
    }

    private static byte[] twice(byte[] onnx) {
        try {
            ModelProto file = ModelProto.parseFrom(onnx);
            GraphProto graph = file.getGraph();
            Set<String> weights = new HashSet<>();
            for (TensorProto tensor : graph.getInitializerList()) {
                weights.add(tensor.getName());
            }
            String between = "first/" + OnnxGenerator.OUTPUT;
            GraphProto.Builder both = graph.toBuilder().clearNode();
            for (NodeProto node : graph.getNodeList()) {
                both.addNode(renamed(
                        node,
                        name -> name.isEmpty() || name.equals(OnnxGenerator.INPUT) || weights.contains(name)
                                ? name
                                : "first/" + name));
            }
            for (NodeProto node : graph.getNodeList()) {
                both.addNode(renamed(node, name -> name.equals(OnnxGenerator.INPUT) ? between : name));
            }
            return file.toBuilder().setGraph(both).build().toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static NodeProto renamed(NodeProto node, UnaryOperator<String> name) {
        NodeProto.Builder copy = node.toBuilder().clearInput().clearOutput();
        node.getInputList().forEach(input -> copy.addInput(name.apply(input)));
        node.getOutputList().forEach(output -> copy.addOutput(name.apply(output)));
        if (!node.getName().isEmpty()) {
            copy.setName(name.apply(node.getName()));
        }
        return copy.build();
    }
}
