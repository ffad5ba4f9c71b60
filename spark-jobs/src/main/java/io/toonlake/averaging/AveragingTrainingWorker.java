package io.toonlake.averaging;

import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * One round as dl4j-spark's interfaces have it: on every executor, {@link #getInitialModelGraph()}, {@link #processMinibatch} for each local
 * step, and {@link #getFinalResult}. The arithmetic is a {@link LocalWorker}'s, which stays on the executor between rounds; this
 * comes anew with each.
 */
final class AveragingTrainingWorker extends GraphTrainingWorker<LocalResult> {
    private static final long serialVersionUID = 1L;

    private final Round round;
    private final StateBroadcast state;
    private transient LocalWorker local;
    private transient int number;

    AveragingTrainingWorker(Round round, StateBroadcast state, List<TrainingHook> hooks) {
        super(hooks);
        this.round = round;
        this.state = state;
    }

    Round round() {
        return round;
    }

    StateBroadcast state() {
        return state;
    }

    /** This round by that worker. Tasks in one JVM may share what they were sent, so this leaves it as it is. */
    AveragingTrainingWorker by(LocalWorker worker, int workerNumber) {
        AveragingTrainingWorker bound = new AveragingTrainingWorker(round, state, hooks());
        bound.local = worker;
        bound.number = workerNumber;
        return bound;
    }

    /** Loads the broadcast state; the graph is the worker's generator. */
    @Override
    public ComputationGraph getInitialModelGraph() {
        return local.load(round, state.values());
    }

    /** Takes one step. */
    @Override
    public LocalResult processMinibatch(MultiDataSet batch, ComputationGraph graph, boolean last) {
        for (TrainingHook hook : hooks()) {
            hook.preUpdate(batch, graph);
        }
        local.step(batch);
        for (TrainingHook hook : hooks()) {
            hook.postUpdate(batch, graph);
        }
        return last ? getFinalResult(graph) : null;
    }

    @Override
    public LocalResult getFinalResult(ComputationGraph graph) {
        return local.result();
    }

    /** The logical worker's number. */
    @Override
    public long getInstanceId() {
        return number;
    }
}
