package io.toonlake.network;

import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The configuration of the sum at the end of a residual block: what the block made, plus what it was given. */
final class ResidualSum extends GraphVertex {
    private static final long serialVersionUID = 1;

    @Override
    public GraphVertex clone() {
        return new ResidualSum();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ResidualSum;
    }

    @Override
    public int hashCode() {
        return ResidualSum.class.hashCode();
    }

    @Override
    public long numParams(boolean backprop) {
        return 0;
    }

    @Override
    public int minVertexInputs() {
        return 2;
    }

    @Override
    public int maxVertexInputs() {
        return 2;
    }

    @Override
    public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
            ComputationGraph graph,
            String name,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        return new ResidualSumVertex(graph, name, index, dataType);
    }

    @Override
    public InputType getOutputType(int index, InputType... inputTypes) {
        return inputTypes[0];
    }

    @Override
    public MemoryReport getMemoryReport(InputType... inputTypes) {
        throw new UnsupportedOperationException("Cannot report memory: it depends on the picture size");
    }
}
