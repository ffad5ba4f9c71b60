package io.toonlake.averaging;

import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import io.toonlake.training.CartoonGanPlan;
import io.toonlake.training.TrainingSettings.LearningRates;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * Rows of table {@code rounds}, gathered between checkpoints. Their {@code run_id} is the training's: the id of the run that began
 * it, which its checkpoints carry. So the rounds of a training that was killed and resumed are one curve, and a round that was done
 * again lies over its first row, to which it is equal but for the times. Learning rates are those of the round's first step.
 */
final class RoundRows implements RoundListener {
    private final SparkSession spark;
    private final Lake lake;
    private final String training;
    private final String photos;
    private final String cartoons;
    private final String features;
    private final LearningRates rates;
    private final List<Row> pending = new ArrayList<>();

    RoundRows(
            SparkSession spark,
            Lake lake,
            String training,
            String photos,
            String cartoons,
            String features,
            LearningRates rates) {
        this.spark = spark;
        this.lake = lake;
        this.training = training;
        this.photos = photos;
        this.cartoons = cartoons;
        this.features = features;
        this.rates = rates;
    }

    @Override
    public void onRound(RoundResult result) {
        Round round = result.round();
        pending.add(RowFactory.create(
                training,
                photos,
                cartoons,
                round.number(),
                round.phase().code(),
                (long) round.stepsAfter().total(),
                result.examples(),
                result.losses().get(CartoonGanPlan.CONTENT),
                result.losses().get(CartoonGanPlan.GENERATOR_ADVERSARIAL),
                result.losses().get(CartoonGanPlan.DISCRIMINATOR_REAL),
                result.losses().get(CartoonGanPlan.DISCRIMINATOR_EDGE),
                result.losses().get(CartoonGanPlan.DISCRIMINATOR_FAKE),
                result.broadcastSeconds(),
                result.computeSeconds(),
                result.averageSeconds(),
                Checkpoint.sha256(result.state()),
                Timestamp.from(result.finished()),
                rates.generatorAt(round.phase(), round.stepsBefore()),
                round.phase().usesDiscriminator() ? rates.discriminatorAt(round.stepsBefore()) : null,
                result.examplesPerSecond(),
                result.losses().get(CartoonGanPlan.COLOR),
                result.losses().get(CartoonGanPlan.TOTAL_VARIATION),
                // Whatever the plan is: its losses under its own names.
                result.losses(),
                features));
    }

    @Override
    public void flush() {
        if (!pending.isEmpty()) {
            lake.upsert(Table.ROUNDS, spark.createDataFrame(List.copyOf(pending), Table.ROUNDS.schema()));
            pending.clear();
        }
    }
}
