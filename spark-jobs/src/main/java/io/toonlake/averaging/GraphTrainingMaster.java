package io.toonlake.averaging;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.core.loader.DataSetLoader;
import org.deeplearning4j.core.loader.MultiDataSetLoader;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.api.TrainingResult;
import org.deeplearning4j.spark.api.TrainingWorker;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.nd4j.linalg.dataset.DataSet;

/**
 * A training master for graphs on {@code MultiDataSet}s. What dl4j-spark's interface has for other networks and for data that is
 * exported to files is refused.
 */
abstract class GraphTrainingMaster<R extends TrainingResult, W extends TrainingWorker<R>>
        implements TrainingMaster<R, W> {
    private final List<TrainingHook> hooks = new ArrayList<>();
    private final List<TrainingListener> listeners = new ArrayList<>();
    private boolean collectsStats;

    /** Called on the workers, before and after every step. */
    final List<TrainingHook> hooks() {
        return List.copyOf(hooks);
    }

    /** Called on the driver. */
    final List<TrainingListener> listeners() {
        return List.copyOf(listeners);
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
    public final void setListeners(Collection<TrainingListener> all) {
        listeners.clear();
        listeners.addAll(all);
    }

    @Override
    public final void setListeners(StatsStorageRouter router, Collection<TrainingListener> all) {
        if (router != null) {
            throw refusal("a StatsStorageRouter");
        }
        setListeners(all);
    }

    @Override
    public final void setCollectTrainingStats(boolean collect) {
        collectsStats = collect;
    }

    @Override
    public final boolean getIsCollectTrainingStats() {
        return collectsStats;
    }

    @Override
    public abstract SparkTrainingStats getTrainingStats();

    @Override
    public final W getWorkerInstance(SparkDl4jMultiLayer network) {
        throw refusal("MultiLayerNetworks");
    }

    @Override
    public final void executeTraining(SparkDl4jMultiLayer network, JavaRDD<DataSet> data) {
        throw refusal("MultiLayerNetworks");
    }

    @Override
    public final void executeTraining(SparkComputationGraph graph, JavaRDD<DataSet> data) {
        throw refusal("DataSets");
    }

    @Override
    public final void executeTrainingPaths(
            SparkDl4jMultiLayer network,
            SparkComputationGraph graph,
            JavaRDD<String> paths,
            DataSetLoader loader,
            MultiDataSetLoader multiLoader) {
        throw refusal("paths");
    }

    @Override
    public final String toJson() {
        throw refusal("JSON");
    }

    @Override
    public final String toYaml() {
        throw refusal("YAML");
    }

    /** Nothing is exported, so there is nothing to delete. */
    @Override
    public final boolean deleteTempFiles(JavaSparkContext context) {
        return true;
    }

    @Override
    public final boolean deleteTempFiles(SparkContext context) {
        return true;
    }

    private UnsupportedOperationException refusal(String what) {
        return new UnsupportedOperationException(
                getClass().getSimpleName() + " takes no " + what + " (only executeTrainingMDS on a ComputationGraph)");
    }
}
