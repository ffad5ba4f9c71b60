package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import io.toonlake.image.RefusalReason;
import io.toonlake.storage.SourceFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

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

    /**
     * @param listing rows path, size_bytes, modified, each path once
     * @param accepted rows with columns path, size_bytes, modified of files handled with the settings in force
     * @param refused the same with column reason
     */
    static KnownFiles of(Dataset<Row> listing, Dataset<Row> accepted, Dataset<Row> refused) {
        Dataset<Row> known = accepted.select(col("path"), col("size_bytes"), col("modified"), lit("").as("reason"))
                .unionByName(refused.filter(not(col("reason").isin(TRIED_AGAIN)))
                        .select("path", "size_bytes", "modified", "reason"))
                // A run that was killed between two commits leaves a file in both; either way it is known.
                .dropDuplicates("path");
        Dataset<Row> compared = listing.join(known, JoinColumns.of("path", "size_bytes", "modified"), "left")
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Map<String, Long> quarantined = new TreeMap<>();
            compared.filter(col("reason").isNotNull())
                    .groupBy("reason")
                    .count()
                    .collectAsList()
                    .forEach(row -> quarantined.put(row.getString(0), row.getLong(1)));
            Long unchanged = quarantined.remove("");
            List<SourceFile> pending = new ArrayList<>();
            for (Row row : compared.filter(col("reason").isNull()).collectAsList()) {
                pending.add(new SourceFile(
                        row.getString(0), row.getLong(1), row.getTimestamp(2).getTime()));
            }
            pending.sort(Comparator.comparing(SourceFile::path));
            return new KnownFiles(pending, unchanged == null ? 0 : unchanged, quarantined);
        } finally {
            compared.unpersist();
        }
    }
}
