package io.toonlake.averaging;

import java.nio.FloatBuffer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * A worker's arithmetic: for each round {@link #load}, as many {@link #batch} and {@link #step} as the round has, {@link #result}. Used by
 * one thread at a time, and kept between rounds. Equal rounds and states give equal bits, however often and in whatever order rounds are
 * asked for: a round is repeated where an executor was lost.
 */
public interface LocalWorker extends AutoCloseable {
    /**
     * Begins a round.
     *
     * @param state parameters and optimiser state; from index 0 on; read-only, other workers read the same
     * @return the network that becomes the model, for hooks to look at; it stays the worker's
     */
    ComputationGraph load(Round round, FloatBuffer state);

    /**
     * The batch of the round's step.
     *
     * @param step from 0
     * @return an array of features a domain; whoever asked closes them
     */
    MultiDataSet batch(int step);

    /** Takes the next step, if no step before it in this round has diverged. */
    void step(MultiDataSet batch);

    /** What the round's steps have made of the state. */
    LocalResult result();

    @Override
    void close();
}
