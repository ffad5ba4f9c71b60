package io.toonlake.averaging;

import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.spark.api.TrainingResult;
import org.deeplearning4j.spark.api.stats.SparkTrainingStats;

/**
 * What one worker made of a round.
 *
 * @param state parameters and optimiser state after its steps
 * @param examples photos seen: the worker's weight in the average
 * @param losses mean over its steps, by name; only those that the round's phase has
 * @param divergence why the worker could not take its steps: a loss was no number. Told, not thrown, since Spark would try the
 *     task again, and the same numbers would come out
 */
public record LocalResult(float[] state, long examples, Map<String, Double> losses, Optional<String> divergence)
        implements TrainingResult {
    public LocalResult {
        if (examples < 1) {
            throw new IllegalArgumentException("Invalid examples: " + examples + " (must be >= 1)");
        }
    }

    public static LocalResult of(float[] state, long examples, Map<String, Double> losses) {
        return new LocalResult(state, examples, losses, Optional.empty());
    }

    public static LocalResult diverged(float[] state, String why) {
        return new LocalResult(state, 1, Map.of(), Optional.of(why));
    }

    /** Times are in the {@link WorkerReport}. */
    @Override
    public void setStats(SparkTrainingStats stats) {}
}
