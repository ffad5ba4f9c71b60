package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import io.toonlake.image.RefusalReason;
import io.toonlake.storage.SourceFile;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Compares a listing with what the tables know: a file that was handled with the same size, modification time and settings is left
 * alone, accepted or quarantined. What could not be read from its store, did not fit into memory or met a fault of ours is tried again.
 *
 * @param pending what is new or has changed, in path order
 * @param unchanged how many were handled well before
 * @param quarantined how many were refused before and are as they were, by reason
 */
record KnownFiles(List<SourceFile> pending, long unchanged, Map<String, Long> quarantined) {
    /** What another moment, another model or another release may mend. */
    static final Object[] TRIED_AGAIN = {
        RefusalReason.UNREADABLE.code(), RefusalReason.FAILED.code(), RefusalReason.TOO_LARGE_FOR_MEMORY.code()
    };

    private static final StructType LISTED = new StructType()
            .add("path", DataTypes.StringType)
            .add("size_bytes", DataTypes.LongType)
            .add("modified", DataTypes.TimestampType);

    /**
     * @param accepted rows with columns path, size_bytes, modified of files handled with the settings in force
     * @param refused the same with column reason
     */
    static KnownFiles of(SparkSession spark, List<SourceFile> listing, Dataset<Row> accepted, Dataset<Row> refused) {
        Dataset<Row> known = accepted.select(col("path"), col("size_bytes"), col("modified"), lit("").as("reason"))
                .unionByName(refused.filter(not(col("reason").isin(TRIED_AGAIN)))
                        .select("path", "size_bytes", "modified", "reason"))
                // A run that was killed between two commits leaves a file in both; either way it is known.
                .dropDuplicates("path");
        List<Row> rows = new ArrayList<>(listing.size());
        listing.forEach(file ->
                rows.add(RowFactory.create(file.path(), file.sizeBytes(), new Timestamp(file.modifiedMillis()))));
        List<Row> compared = spark.createDataFrame(rows, LISTED)
                .join(known, EdgeSmoothJob.columns("path", "size_bytes", "modified"), "left")
                .collectAsList();
        List<SourceFile> pending = new ArrayList<>();
        Map<String, Long> quarantined = new TreeMap<>();
        long unchanged = 0;
        for (Row row : compared) {
            if (row.isNullAt(3)) {
                pending.add(new SourceFile(
                        row.getString(0), row.getLong(1), row.getTimestamp(2).getTime()));
            } else if (row.getString(3).isEmpty()) {
                unchanged++;
            } else {
                quarantined.merge(row.getString(3), 1L, Long::sum);
            }
        }
        pending.sort(Comparator.comparing(SourceFile::path));
        return new KnownFiles(pending, unchanged, quarantined);
    }
}
