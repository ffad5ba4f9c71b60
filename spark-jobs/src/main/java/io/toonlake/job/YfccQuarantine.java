package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_extract;

import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/** Rows of YFCC100M's metadata, or photos that Flickr's search found, in table {@code quarantine}: those that are broken, and those whose images are not there. */
record YfccQuarantine(JobContext context, String collection, String fingerprint) {

    /** Adds what is new. What was wrong with the same metadata before and is so no more goes; images' rows go when they are read. */
    void write(YfccPhotos photos) {
        Lake lake = context.lake();
        if (photos.refused().isEmpty() && !lake.holds(Table.QUARANTINE)) {
            return;
        }
        Dataset<Row> faults = photos.faults();
        Dataset<Row> before = lake.read(Table.QUARANTINE)
                .filter(col("job").equalTo("ingest").and(col("collection").equalTo(collection)))
                .select("path", "reason", "message");
        Dataset<Row> added = faults.join(before, JoinColumns.of("path", "reason", "message"), "left_anti");
        Dataset<Row> mended = before.withColumn("metadata", regexp_extract(col("path"), "^(.*)#", 1))
                .join(photos.files(), JoinColumns.of("metadata"), "left_semi")
                .join(faults, JoinColumns.of("path"), "left_anti");
        // Collected, since the table changes before they are used.
        List<String> gone = mended.select("path").as(Encoders.STRING()).collectAsList();
        if (!added.isEmpty()) {
            upsert(added);
        }
        if (!gone.isEmpty()) {
            lake.delete(
                    Table.QUARANTINE,
                    context.spark()
                            .createDataset(gone, Encoders.STRING())
                            .select(
                                    lit("ingest").as("job"),
                                    lit(collection).as("collection"),
                                    col("value").as("path")));
        }
    }

    /** Adds images that could not be fetched, as soon as that is known: rows {@code path, fault, message}. */
    void addImages(Dataset<Row> refused) {
        if (!refused.isEmpty()) {
            upsert(refused.select(col("path"), col("fault").as("reason"), col("message")));
        }
    }

    private void upsert(Dataset<Row> faults) {
        context.lake()
                .upsert(
                        Table.QUARANTINE,
                        faults.withColumn("job", lit("ingest"))
                                .withColumn("collection", lit(collection))
                                .withColumn("settings_fingerprint", lit(fingerprint))
                                .withColumn("run_id", lit(context.runId()))
                                .withColumn("quarantined", current_timestamp()));
    }
}
