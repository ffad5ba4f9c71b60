package io.toonlake.network;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A trainable network: a Deeplearning4j graph of our blocks, whose parameters and gradients each lie in one flat array.
 *
 * <p>Not safe for use by two threads, and one pass at a time: forward, then at most one backward of it.
 */
public final class Network implements AutoCloseable {
    private static final String INPUT = "pictures";

    private final ComputationGraph graph;
    private final List<ConvolutionBlockLayer> blocks;
    private final Map<String, INDArray> parameters;
    private Map<String, INDArray> activations = Map.of();

    /**
     * Builds a graph and draws its initial weights.
     *
     * @param wiring adds blocks and sums to the builder, from the input of the given name to the output
     */
    Network(Wiring wiring, DataType dataType, long seed) {
        ComputationGraphConfiguration.GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .dataType(dataType)
                .trainingWorkspaceMode(WorkspaceMode.NONE)
                .inferenceWorkspaceMode(WorkspaceMode.NONE)
                .graphBuilder()
                .addInputs(INPUT);
        builder.setOutputs(wiring.connect(builder, INPUT));
        graph = new ComputationGraph(builder.build());
        graph.init(Nd4j.zeros(dataType, 1, length(graph)), false);
        graph.initGradientsView();
        blocks = Stream.of(graph.getLayers())
                .map(ConvolutionBlockLayer.class::cast)
                .toList();
        parameters = named(blocks);
        InitialWeights.draw(parameters, seed);
    }

    /** How blocks are joined. */
    @FunctionalInterface
    interface Wiring {
        /** Adds everything after {@code input} and returns the name of the last vertex. */
        String connect(ComputationGraphConfiguration.GraphBuilder builder, String input);
    }

    private static long length(ComputationGraph graph) {
        return graph.getConfiguration().getVertices().values().stream()
                .mapToLong(vertex -> vertex.numParams(true))
                .sum();
    }

    private static Map<String, INDArray> named(List<ConvolutionBlockLayer> blocks) {
        Map<String, INDArray> parameters = new LinkedHashMap<>();
        for (ConvolutionBlockLayer block : blocks) {
            String filterName = block.layerConf().getLayerName();
            block.paramTable().forEach((key, view) -> {
                boolean ofFilter =
                        key.equals(ConvolutionBlockParameters.WEIGHT) || key.equals(ConvolutionBlockParameters.BIAS);
                parameters.put((ofFilter ? filterName : block.layerConf().normName()) + "." + key, view);
            });
        }
        return parameters;
    }

    /** The Deeplearning4j graph, for those who move it about; its parameters are this network's. */
    public ComputationGraph graph() {
        return graph;
    }

    /** Every parameter under its published name, as a view: assigning to it changes the network. In flat order. */
    public Map<String, INDArray> parameters() {
        return Collections.unmodifiableMap(parameters);
    }

    /**
     * Sets every parameter.
     *
     * @param values by published name, each in C order of its parameter's shape
     * @throws IllegalArgumentException if a name is missing or unknown, or a length differs; nothing is set then
     */
    public void load(Map<String, float[]> values) {
        if (!values.keySet().equals(parameters.keySet())) {
            Set<String> missing = new TreeSet<>(parameters.keySet());
            missing.removeAll(values.keySet());
            Set<String> unknown = new TreeSet<>(values.keySet());
            unknown.removeAll(parameters.keySet());
            throw new IllegalArgumentException(
                    "Cannot load parameters: missing %s, unknown %s".formatted(missing, unknown));
        }
        parameters.forEach((name, parameter) -> {
            if (values.get(name).length != parameter.length()) {
                throw new IllegalArgumentException("Cannot load parameters: %s has %d values (shape %s takes %d)"
                        .formatted(
                                name, values.get(name).length, Arrays.toString(parameter.shape()), parameter.length()));
            }
        });
        parameters.forEach((name, parameter) -> {
            try (INDArray loaded = Nd4j.createFromArray(values.get(name))) {
                parameter.assign(loaded.reshape('c', parameter.shape()));
            }
        });
    }

    /** All parameters as one array [n], a view. */
    public INDArray flatParameters() {
        INDArray flat = graph.params();
        return flat.reshape(flat.length());
    }

    /** The gradients of all parameters as one array [n], a view, overwritten by every backward pass. */
    public INDArray flatGradients() {
        INDArray flat = graph.getFlattenedGradients();
        return flat.reshape(flat.length());
    }

    /**
     * What the network makes of its input, keeping what {@link #backward} needs.
     *
     * @param x [N, 3, H, W]; it stays the caller's, and must stay unchanged until the backward pass is done
     * @return the output; it stays the network's, which frees it at the next forward or backward pass or release
     */
    public INDArray forward(INDArray x) {
        release();
        activations = graph.feedForward(new INDArray[] {x}, true, false);
        activations.remove(INPUT);
        return activations.get(graph.getConfiguration().getNetworkOutputs().get(0));
    }

    /**
     * Writes the gradients of all parameters to {@link #flatGradients()}, and frees what the forward pass kept.
     *
     * @param gradient at the output; it is taken over and freed
     * @return the gradient at the input, the caller's to free
     */
    public INDArray backward(INDArray gradient) {
        return backward(gradient, true);
    }

    /**
     * The gradient at the input alone, without those of the parameters; frees what the forward pass kept. What
     * {@link #flatGradients()} holds afterwards has no meaning.
     *
     * @param gradient at the output; it is taken over and freed
     * @return the gradient at the input, the caller's to free
     */
    public INDArray inputGradient(INDArray gradient) {
        return backward(gradient, false);
    }

    private INDArray backward(INDArray gradient, boolean learning) {
        blocks.forEach(block -> block.learning(learning));
        graph.backpropGradient(gradient);
        INDArray inputGradient = blocks.get(0).takeInputGradient();
        release();
        return inputGradient;
    }

    /** Frees everything a forward pass keeps. */
    public void release() {
        activations.values().forEach(Freed::close);
        activations = Map.of();
        blocks.forEach(ConvolutionBlockLayer::release);
    }

    @Override
    public void close() {
        release();
        graph.close();
    }
}
