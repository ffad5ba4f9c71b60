package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.lit;

import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;

/**
 * Records a batch whose pictures lie in the output already. A merge takes Spark several queries over the whole table; rows that are known
 * to replace none are appended.
 */
final class StylizeCommit {
    private final SparkSession spark;
    private final Lake lake;

    StylizeCommit(JobContext context) {
        this.spark = context.spark();
        this.lake = context.lake();
    }

    /**
     * @param results of {@link Stylization}, a row a photo
     * @return how many photos were refused or passed over, by reason
     */
    Map<String, Long> write(List<Photo> batch, List<Row> results) {
        Set<String> refusedBefore = new HashSet<>();
        Map<String, Timestamp> refusedSince = new HashMap<>();
        Map<String, Timestamp> madeSince = new HashMap<>();
        boolean replaces = false;
        for (Photo photo : batch) {
            replaces |= photo.replaces();
            if (photo.refusedBefore()) {
                refusedBefore.add(photo.file().path());
            }
            if (photo.refusedSince() != null) {
                refusedSince.put(photo.file().path(), photo.refusedSince());
            }
            if (photo.madeSince() != null) {
                madeSince.put(photo.file().path(), photo.madeSince());
            }
        }
        List<Row> stylized = new ArrayList<>();
        List<Row> refused = new ArrayList<>();
        List<Row> forgiven = new ArrayList<>();
        boolean refusedAgain = false;
        Map<String, Long> reasons = new TreeMap<>();
        for (Row row : results) {
            String reason = Stylization.value(row, "reason");
            boolean before = refusedBefore.contains(Stylization.<String>value(row, "path"));
            if (reason != null) {
                reasons.merge(reason, 1L, Long::sum);
                if (!reason.equals(Worklist.FILTERED)) {
                    refused.add(row);
                    refusedAgain |= before;
                }
            } else {
                stylized.add(row);
                if (before) {
                    forgiven.add(row);
                }
            }
        }
        write(
                Table.STYLIZED,
                replaces,
                stylized,
                dated(stylized, "known_since", madeSince).withColumn("stylized", current_timestamp()));
        write(
                Table.QUARANTINE,
                refusedAgain,
                refused,
                dated(refused, "quarantined", refusedSince)
                        .withColumn("job", lit("stylize"))
                        .withColumn("collection", lit("")));
        if (!forgiven.isEmpty()) {
            lake.delete(
                    Table.QUARANTINE,
                    rows(forgiven).select(lit("stylize").as("job"), lit("").as("collection"), col("path")));
        }
        return reasons;
    }

    private void write(Table table, boolean replaces, List<Row> given, Dataset<Row> rows) {
        if (given.isEmpty()) {
            return;
        }
        if (replaces) {
            lake.upsert(table, rows);
        } else {
            lake.append(table, rows);
        }
    }

    /** With a time more: of a file that has met the same fate as it is before, the first. */
    private Dataset<Row> dated(List<Row> rows, String column, Map<String, Timestamp> since) {
        Timestamp now = Timestamp.from(Instant.now());
        List<Row> dated = new ArrayList<>();
        for (Row row : rows) {
            Object[] values = new Object[row.length() + 1];
            for (int i = 0; i < row.length(); i++) {
                values[i] = row.get(i);
            }
            values[row.length()] = since.getOrDefault(Stylization.<String>value(row, "path"), now);
            dated.add(RowFactory.create(values));
        }
        return spark.createDataFrame(dated, Stylization.SCHEMA.add(column, DataTypes.TimestampType));
    }

    private Dataset<Row> rows(List<Row> rows) {
        return spark.createDataFrame(rows, Stylization.SCHEMA);
    }
}
