package io.toonlake.network;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;

/** Adds blocks to a graph, each behind the one before. */
final class Chain {
    private final GraphBuilder graph;

    private String last;

    Chain(GraphBuilder graph, String input) {
        this.graph = graph;
        last = input;
    }

    /** The name of what was added last. */
    String last() {
        return last;
    }

    void add(String name, ConvolutionBlock block) {
        graph.addLayer(name, block, last);
        last = name;
    }

    /** Adds what was added last to what the earlier vertex made. */
    void addSum(String name, String earlier) {
        graph.addVertex(name, new ResidualSum(), last, earlier);
        last = name;
    }
}
