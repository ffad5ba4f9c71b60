package io.toonlake.averaging;

import io.toonlake.table.Lake;
import io.toonlake.training.TrainingState;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

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
        Checkpoints checkpoints,
        int roundsPerCheckpoint) {

    /**
     * Runs the rounds after {@code start}.
     *
     * @param run names this run among others in the same executors
     * @param listener is told of each round as it is finished
     * @return the state after the last round
     * @throws DivergedRoundException where a loss or a parameter is no number any more; the checkpoints before it are kept
     */
    public TrainingState run(String run, Checkpoint start, Consumer<RoundResult> listener) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        JavaRDD<TrainingSample> shares = samples.shares(context, workerCount);
        RoundRows rows =
                new RoundRows(spark, lake, start.training(), samples.photoCollection(), samples.cartoonCollection());
        try (ParameterAveraging<TrainingSample> averaging = new ParameterAveraging<>(context, shares, workers, run)) {
            samples.checkWhole(shares);
            Checkpoint last = start;
            float[] state = start.state().values();
            for (int number = start.round() + 1; number <= plan.rounds(); number++) {
                RoundResult result = averaging.run(plan.round(number), state);
                state = result.state();
                rows.add(result);
                if (number % roundsPerCheckpoint == 0 || number == plan.rounds()) {
                    rows.write();
                    last = last.after(number, state);
                    checkpoints.write(last);
                }
                listener.accept(result);
            }
            return last.state();
        } catch (DivergedRoundException e) {
            rows.write();
            throw e;
        }
    }
}
