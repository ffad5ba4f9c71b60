package io.toonlake.network;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A {@link ResidualSum} at work. Deeplearning4j's own element-wise sum copies the gradient for each input and forgets
 * the original; this one hands the original to one and a copy to the other, so that all of them find their owner.
 */
@SuppressWarnings("overrides") // Two of Deeplearning4j's own types disagree on varargs.
final class ResidualSumVertex extends BaseGraphVertex {
    private static final long serialVersionUID = 1;

    ResidualSumVertex(ComputationGraph graph, String name, int index, DataType dataType) {
        super(graph, name, index, null, null, dataType);
    }

    @Override
    public boolean hasLayer() {
        return false;
    }

    @Override
    public Layer getLayer() {
        return null;
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
        return inputs[0].add(inputs[1]);
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
        return Pair.of(null, new INDArray[] {epsilon, epsilon.dup()});
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray gradients) {
        // It has no parameters.
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArrays(INDArray[] masks, MaskState state, int minibatch) {
        return null;
    }

    @Override
    public String toString() {
        return "ResidualSumVertex(" + vertexName + ")";
    }
}
