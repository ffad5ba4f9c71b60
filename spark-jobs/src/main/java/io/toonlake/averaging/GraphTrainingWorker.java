package io.toonlake.averaging;

import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.TrainingResult;
import org.deeplearning4j.spark.api.TrainingWorker;
import org.deeplearning4j.spark.api.WorkerConfiguration;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** What {@link GraphTrainingMaster} is on the driver, on an executor. */
abstract class GraphTrainingWorker<R extends TrainingResult> implements TrainingWorker<R> {
    private static final long serialVersionUID = 1L;

    // An ArrayList, which every serializer can read.
    private final java.util.ArrayList<TrainingHook> hooks;

    GraphTrainingWorker(List<TrainingHook> hooks) {
        this.hooks = new java.util.ArrayList<>(hooks);
    }

    final List<TrainingHook> hooks() {
        return hooks;
    }

    @Override
    public final void addHook(TrainingHook hook) {
        hooks.add(hook);
    }

    @Override
    public final void removeHook(TrainingHook hook) {
        hooks.remove(hook);
    }

    @Override
    public final MultiLayerNetwork getInitialModel() {
        throw refusal("MultiLayerNetworks");
    }

    @Override
    public final R processMinibatch(DataSet batch, MultiLayerNetwork network, boolean last) {
        throw refusal("MultiLayerNetworks");
    }

    @Override
    public final R processMinibatch(DataSet batch, ComputationGraph graph, boolean last) {
        throw refusal("DataSets");
    }

    @Override
    public final R getFinalResult(MultiLayerNetwork network) {
        throw refusal("MultiLayerNetworks");
    }

    @Override
    public final Pair<R, SparkTrainingStats> processMinibatchWithStats(
            DataSet batch, MultiLayerNetwork network, boolean last) {
        throw refusal("MultiLayerNetworks");
    }

    @Override
    public final Pair<R, SparkTrainingStats> processMinibatchWithStats(
            DataSet batch, ComputationGraph graph, boolean last) {
        throw refusal("DataSets");
    }

    /** Times of every step would say no more than the round's, which the master has: there are none. */
    @Override
    public final Pair<R, SparkTrainingStats> processMinibatchWithStats(
            MultiDataSet batch, ComputationGraph graph, boolean last) {
        return Pair.of(processMinibatch(batch, graph, last), null);
    }

    @Override
    public final Pair<R, SparkTrainingStats> getFinalResultWithStats(MultiLayerNetwork network) {
        throw refusal("MultiLayerNetworks");
    }

    @Override
    public final Pair<R, SparkTrainingStats> getFinalResultWithStats(ComputationGraph graph) {
        return Pair.of(getFinalResult(graph), null);
    }

    @Override
    public final R getFinalResultNoData() {
        throw refusal("empty shares");
    }

    @Override
    public final Pair<R, SparkTrainingStats> getFinalResultNoDataWithStats() {
        throw refusal("empty shares");
    }

    @Override
    public final WorkerConfiguration getDataConfiguration() {
        throw refusal("batches of the stock iterators");
    }

    private UnsupportedOperationException refusal(String what) {
        return new UnsupportedOperationException(getClass().getSimpleName() + " takes no " + what);
    }
}
