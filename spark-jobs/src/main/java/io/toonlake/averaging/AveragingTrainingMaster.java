package io.toonlake.averaging;

import io.toonlake.config.TrainSection.Transfer;
import io.toonlake.network.HostLoops;
import io.toonlake.training.StateLayout;
import io.toonlake.training.TrainingState;
import java.nio.FloatBuffer;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Parameter averaging behind dl4j-spark's interfaces: {@code SparkComputationGraph.fitMultiDataSet} runs all rounds of a training.
 *
 * <p>The graph is the network that becomes the model, the first segment of the state; it has the averaged parameters after each round.
 * The rest of the state, other networks and all optimisers', is this master's. Deeplearning4j's listeners are told of each round on the
 * driver, as an iteration; hooks of each step, on the workers.
 */
final class AveragingTrainingMaster extends GraphTrainingMaster<LocalResult, AveragingTrainingWorker> {
    private final LocalWorkers<MultiDataSet> workers;
    private final String run;
    private final RoundPlan plan;
    private final Transfer transfer;
    private final Consumer<RoundResult> finished;
    private final StateLayout layout;
    private final RoundStats stats = new RoundStats();
    private float[] state;
    private int done;
    private ParameterAveraging<MultiDataSet> averaging;

    /**
     * @param run names the run among others in the same executors
     * @param start the state before the first round to do
     * @param done rounds that the state has behind it
     * @param finished is told of each round
     */
    AveragingTrainingMaster(
            LocalWorkers<MultiDataSet> workers,
            String run,
            RoundPlan plan,
            Transfer transfer,
            TrainingState start,
            int done,
            Consumer<RoundResult> finished) {
        this.workers = workers;
        this.run = run;
        this.plan = plan;
        this.transfer = transfer;
        this.layout = start.layout();
        this.state = start.values();
        this.done = done;
        this.finished = finished;
    }

    /** The average after the last round that was done. */
    TrainingState state() {
        return new TrainingState(layout, state);
    }

    /**
     * Does the plan's rounds from here on.
     *
     * @param shares one partition a worker, in worker order; persisted by the caller
     * @throws DivergedRoundException where a loss or the average is no number; {@link #state()} is then the one before that round
     */
    @Override
    public void executeTrainingMDS(SparkComputationGraph graph, JavaRDD<MultiDataSet> shares) {
        try (ParameterAveraging<MultiDataSet> rounds =
                new ParameterAveraging<>(graph.getSparkContext(), shares, workers, run, transfer)) {
            averaging = rounds;
            while (done < plan.rounds()) {
                RoundResult result = rounds.run(getWorkerInstance(graph), state);
                state = result.state();
                done++;
                show(graph, result);
                finished.accept(result);
            }
        } finally {
            averaging = null;
        }
    }

    /** The next round with the state as it is, which is broadcast with this. */
    @Override
    public AveragingTrainingWorker getWorkerInstance(SparkComputationGraph graph) {
        if (averaging == null) {
            throw new IllegalStateException("there is a worker only while executeTrainingMDS runs");
        }
        return averaging.worker(plan.round(done + 1), state, hooks());
    }

    private void show(SparkComputationGraph spark, RoundResult result) {
        if (getIsCollectTrainingStats()) {
            stats.add(result);
        }
        ComputationGraph graph = spark.getNetwork();
        HostLoops.fill(
                graph.params(),
                FloatBuffer.wrap(state),
                layout.segments().get(0).offset());
        double score = result.losses().values().stream().findFirst().orElse(Double.NaN);
        spark.setScore(score);
        graph.setScore(score);
        graph.getConfiguration().setIterationCount(done);
        for (TrainingListener listener : listeners()) {
            listener.iterationDone(graph, done, graph.getConfiguration().getEpochCount());
        }
    }

    @Override
    public SparkTrainingStats getTrainingStats() {
        return getIsCollectTrainingStats() ? stats : null;
    }
}
