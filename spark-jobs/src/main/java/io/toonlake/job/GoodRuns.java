package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/**
 * The runs over the same photos that ended well: each has judged what was in quarantine by then, whichever run had put it there. Runs that were killed,
 * stopped or over the budget leave theirs to the next one, so that a run which is repeated ends as it did.
 */
final class GoodRuns {
    /** What a run's fingerprints say of the photos that it looked at: where they are and which are passed over, but for the next. */
    static final String SCOPE = "scope";

    /** Photos changed then or later were not looked at, ISO 8601: nights are cleared, repeated and made up for in any order. */
    static final String HORIZON = "horizon";

    /** The horizon of a run that has looked at all there were, whatever their clocks say. */
    static final Instant ALL = Instant.parse("9999-12-31T00:00:00Z");

    static final GoodRuns NONE = new GoodRuns(List.of());

    private final List<Good> runs;

    private record Good(Timestamp ended, Timestamp horizon) {}

    private GoodRuns(List<Good> runs) {
        this.runs = runs;
    }

    static GoodRuns of(Lake lake, String job, String scope) {
        if (!lake.holds(Table.RUNS)) {
            return NONE;
        }
        List<Row> rows = lake.read(Table.RUNS)
                .filter(col("job").equalTo(job))
                .filter(col("exit_code").equalTo(ExitCode.DONE.code()))
                .filter(col("fingerprints").getItem(SCOPE).equalTo(scope))
                .orderBy(col("ended").desc())
                .select(col("ended"), col("fingerprints").getItem(HORIZON))
                .collectAsList();
        List<Good> runs = new ArrayList<>();
        for (Row row : rows) {
            Timestamp horizon = Timestamp.from(Instant.parse(row.getString(1)));
            // One that ended earlier and looked no further says nothing more: of nights in their order the last one is
            // left.
            if (runs.isEmpty() || horizon.after(runs.get(runs.size() - 1).horizon())) {
                runs.add(new Good(row.getTimestamp(0), horizon));
            }
        }
        return new GoodRuns(runs);
    }

    /**
     * Whether one of them has judged a row.
     *
     * @param written when the row was written; may be null
     * @param modified of its photo
     */
    Column judged(Column written, Column modified) {
        Column any = lit(false);
        for (Good run : runs) {
            any = any.or(written.leq(run.ended()).and(modified.lt(run.horizon())));
        }
        return any;
    }
}
