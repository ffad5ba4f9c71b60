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
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * A training from its first or its last kept round to its last. Every so many rounds it writes the rounds' rows, then a
 * checkpoint: a run that is killed in between does those rounds again, and writes equal rows over the first ones.
 *
 * @param roundsPerCheckpoint rounds that a killed run loses at most
 */
public record Training(
        SparkSession spark,
        Lake lake,
        TrainingSamples samples,
        GanWorkers workers,
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
     * @return the state after the last round
     * @throws CollapsedException where a listener ends the training; the checkpoints up to then are kept
     * @throws DivergedRoundException where a loss or a parameter is no number any more; the checkpoints before it are kept
     */
    public TrainingState run(String run, Checkpoint start, List<RoundListener> listeners) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        JavaRDD<TrainingSample> shares = samples.shares(context, workerCount).persist(StorageLevel.DISK_ONLY());
        List<RoundListener> all = new ArrayList<>();
        all.add(new RoundRows(
                spark,
                lake,
                start.training(),
                samples.photoCollection(),
                samples.cartoonCollection(),
                workers.settings().learningRates()));
        all.addAll(listeners);
        ContentLosses losses = new ContentLosses();
        AveragingTrainingMaster master =
                new AveragingTrainingMaster(workers, run, plan, transfer, start.state(), start.round(), result -> {
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
            new SparkComputationGraph(context, generator.graph(), master)
                    .fitMultiDataSet(shares.<MultiDataSet>map(SampleDataSet::new));
            return master.state();
        } catch (DivergedRoundException | CollapsedException e) {
            all.forEach(RoundListener::flush);
            throw e;
        } finally {
            shares.unpersist();
        }
    }
}
