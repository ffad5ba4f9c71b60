package io.toonlake.averaging;

import java.nio.FloatBuffer;
import java.util.function.IntConsumer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** A worker to which something happens just before a step. */
record Disturbed(LocalWorker worker, IntConsumer beforeBatch) implements LocalWorker {
    @Override
    public ComputationGraph load(Round round, FloatBuffer state) {
        return worker.load(round, state);
    }

    @Override
    public MultiDataSet batch(int step) {
        beforeBatch.accept(step);
        return worker.batch(step);
    }

    @Override
    public void step(MultiDataSet batch) {
        worker.step(batch);
    }

    @Override
    public LocalResult result() {
        return worker.result();
    }

    @Override
    public void close() {
        worker.close();
    }
}
