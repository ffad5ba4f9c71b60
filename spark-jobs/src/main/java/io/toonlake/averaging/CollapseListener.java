package io.toonlake.averaging;

import static org.apache.spark.sql.functions.col;

import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import io.toonlake.training.CartoonGanPlan;
import io.toonlake.training.CollapseDetector;
import io.toonlake.training.Phase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/** Ends a training that has collapsed. */
public final class CollapseListener implements RoundListener {
    private static final List<String> LOSSES = List.of(
            CartoonGanPlan.CONTENT,
            CartoonGanPlan.DISCRIMINATOR_REAL,
            CartoonGanPlan.DISCRIMINATOR_EDGE,
            CartoonGanPlan.DISCRIMINATOR_FAKE);

    private final CollapseDetector detector;

    private CollapseListener(CollapseDetector detector) {
        this.detector = detector;
    }

    /**
     * A listener for the rounds after a checkpoint.
     *
     * @param detector a fresh one; it is shown the rounds up to the checkpoint first, as table {@code rounds} has them, so that a resumed
     *     training ends where an undisturbed one does
     */
    public static CollapseListener after(Checkpoint start, Lake lake, CollapseDetector detector) {
        lake.read(Table.ROUNDS)
                .filter(col("run_id").equalTo(start.training()).and(col("round").leq(start.round())))
                .orderBy("round")
                .collectAsList()
                .forEach(row -> detector.after(phase(row), losses(row)));
        return new CollapseListener(detector);
    }

    @Override
    public void onRound(RoundResult result) {
        Round round = result.round();
        detector.after(round.phase(), result.losses()).ifPresent(collapse -> {
            throw new CollapsedException(round, collapse);
        });
    }

    private static Phase phase(Row row) {
        return row.getAs("phase").equals(Phase.ADVERSARIAL.code()) ? Phase.ADVERSARIAL : Phase.INITIALIZATION;
    }

    private static Map<String, Double> losses(Row row) {
        Map<String, Double> losses = new HashMap<>();
        for (String name : LOSSES) {
            Double loss = row.getAs(name);
            if (loss != null) {
                losses.put(name, loss);
            }
        }
        return losses;
    }
}
