package io.toonlake.averaging;

import java.nio.FloatBuffer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;

/** A worker whose steps change nothing. */
abstract class Untouched implements LocalWorker {
    protected float[] state;

    @Override
    public ComputationGraph load(Round round, FloatBuffer before) {
        state = new float[before.capacity()];
        before.get(0, state);
        return null;
    }

    @Override
    public MultiDataSet batch(int step) {
        return new MultiDataSet(new INDArray[0], new INDArray[0]);
    }

    @Override
    public void step(org.nd4j.linalg.dataset.api.MultiDataSet batch) {}

    @Override
    public void close() {}
}
