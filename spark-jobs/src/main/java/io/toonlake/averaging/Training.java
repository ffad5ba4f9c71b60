package io.toonlake.averaging;

import io.toonlake.config.TrainSection.Transfer;
import io.toonlake.network.Network;
import io.toonlake.table.Lake;
import io.toonlake.training.TrainingState;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * A training from its first or its last kept round to its last. Every so many rounds it writes the rounds' rows, then a
 * checkpoint: a run that is killed in between does those rounds again, and writes equal rows over the first ones.
 *
 * @param features what the content loss compares, in words, as table {@code rounds} keeps them
 * @param roundsPerCheckpoint rounds that a killed run loses at most
 */
public record Training(
        SparkSession spark,
        Lake lake,
        TrainingSamples samples,
        GanWorkers workers,
        String features,
        int workerCount,
        RoundPlan plan,
        Transfer transfer,
        Checkpoints checkpoints,
        int roundsPerCheckpoint) {

    /**
     * Runs the rounds after {@code start}.
     *
     * @param run names this run among others in the same executors
     * @param listeners are told of each round, after its row was made
     * @param deeplearning4j listeners of Deeplearning4j's: a round is an iteration to them, and the model the generator as it is averaged
     * @return the state after the last round
     * @throws CollapsedException where a listener ends the training; the checkpoints up to then are kept
     * @throws DivergedRoundException where a loss or a parameter is no number any more; the checkpoints before it are kept
     */
    public TrainingState run(
            String run, Checkpoint start, List<RoundListener> listeners, TrainingListener... deeplearning4j) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        JavaRDD<TrainingSample> shares = samples.shares(context, workerCount).persist(StorageLevel.DISK_ONLY());
        List<RoundListener> all = new ArrayList<>();
        all.add(new RoundRows(
                spark,
                lake,
                start.training(),
                samples.photoCollection(),
                samples.cartoonCollection(),
                features,
                workers.settings().learningRates()));
        all.addAll(listeners);
        ContentLosses losses = new ContentLosses();
        AveragingTrainingMaster master =
                new AveragingTrainingMaster(workers, run, plan, transfer, start.state(), start.round(), result -> {
                    // Before its row is made, too: who has lost the folder is to leave the tables alone.
                    checkpoints.check();
                    all.forEach(listener -> listener.onRound(result));
                    losses.add(result);
                    int number = result.round().number();
                    if (number % roundsPerCheckpoint == 0 || number == plan.rounds()) {
                        all.forEach(RoundListener::flush);
                        checkpoints.write(start.after(number, result.state()), losses);
                        losses.clear();
                    }
                });
        try (Network generator = workers.generator()) {
            samples.checkWhole(shares);
            SparkComputationGraph graph = new SparkComputationGraph(context, generator.graph(), master);
            graph.setListeners(List.of(deeplearning4j));
            graph.fitMultiDataSet(shares.<MultiDataSet>map(SampleDataSet::new));
            return master.state();
        } catch (DivergedRoundException | CollapsedException e) {
            all.forEach(RoundListener::flush);
            throw e;
        } finally {
            shares.unpersist();
        }
    }
}
