package io.toonlake.job;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.when;

import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Writes one prepared batch: samples first, then whose the images are, then the images, then the quarantine. A run that is killed in between has
 * samples whose images are unknown; the next run prepares those images again and writes the same samples over them.
 */
final class IngestCommit {
    private final JobContext context;
    private final String collection;
    private final Dataset<Row> replaced;
    private final Optional<Provenance> provenance;

    /**
     * @param replaced column path: images whose rows are of a state that this run replaces
     * @param provenance of the images, where the collection has one
     */
    IngestCommit(JobContext context, String collection, Dataset<Row> replaced, Optional<Provenance> provenance) {
        this.context = context;
        this.collection = collection;
        this.replaced = replaced;
        this.provenance = provenance;
    }

    /** Returns how many were refused, by reason. */
    Map<String, Long> write(Dataset<Row> prepared) {
        // Without the pixels, which the samples' query alone has to read. Runs the preparation.
        Dataset<Row> described = prepared.withColumn("cuts", size(col("cuts"))).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Map<String, Long> reasons = new TreeMap<>();
            described
                    .groupBy(coalesce(col("reason"), lit("")).as("reason"))
                    .count()
                    .collectAsList()
                    .forEach(row -> reasons.put(row.getString(0), row.getLong(1)));
            boolean anyAccepted = reasons.remove("") != null;
            if (anyAccepted) {
                writeAccepted(described, prepared);
            }
            if (!reasons.isEmpty()) {
                writeRefused(described);
            }
            return reasons;
        } finally {
            described.unpersist();
        }
    }

    private void writeAccepted(Dataset<Row> described, Dataset<Row> prepared) {
        Lake lake = context.lake();
        Dataset<Row> accepted = described.filter(col("reason").isNull());
        Dataset<Row> known = lake.read(Table.IMAGES).filter(col("collection").equalTo(collection));
        Dataset<Row> changed = asOfNow(
                known.join(described.select("path"), "path").select("sha256").distinct());
        Dataset<Row> originals = known.filter(col("duplicate_of").isNull())
                .join(
                        replaced,
                        known.col("path")
                                .equalTo(replaced.col("path"))
                                .and(known.col("run_id").notEqual(context.runId())),
                        "left_anti");
        Dataset<Row> duplicates = new NearDuplicates(context.settings().ingest().nearDuplicateBits())
                .find(accepted.select("path", "perceptual_hash"), originals.select("path", "perceptual_hash"));
        Dataset<Row> images = accepted.join(duplicates, JoinColumns.of("path"), "left")
                .withColumn(
                        "samples",
                        when(col("duplicate_of").isNull(), col("cuts")).otherwise(lit(0)))
                .withColumn("ingested", current_timestamp());
        lake.upsert(Table.SAMPLES, collection, samples(images, prepared));
        // Before the images: none may be there of which it is not known whose it is.
        provenance.ifPresent(owners -> owners.write(accepted));
        lake.upsert(Table.IMAGES, collection, images);
        if (!changed.isEmpty()) {
            deleteOrphans(changed);
            deleteLeftOver(images.filter(col("samples").gt(0)));
        }
        lake.delete(Table.QUARANTINE, accepted.select(lit("ingest").as("job"), col("collection"), col("path")));
    }

    /** A file that was good before leaves the images, and its samples go with it. */
    private void writeRefused(Dataset<Row> described) {
        Lake lake = context.lake();
        Dataset<Row> refused = described.filter(col("reason").isNotNull());
        Dataset<Row> broken = asOfNow(lake.read(Table.IMAGES)
                .filter(col("collection").equalTo(collection))
                .join(refused.select("path"), "path")
                .select("collection", "path", "sha256"));
        forget(broken);
        lake.upsert(
                Table.QUARANTINE,
                refused.withColumn("job", lit("ingest")).withColumn("quarantined", current_timestamp()));
    }

    /**
     * Takes images out, and the samples that only they had.
     *
     * @param images rows {@code collection, path, sha256}, which do not change with the tables
     */
    void forget(Dataset<Row> images) {
        if (!images.isEmpty()) {
            context.lake().delete(Table.IMAGES, images.select("collection", "path"));
            context.lake().delete(Table.PROVENANCE, images.select("collection", "path"));
            deleteOrphans(images.select("sha256").distinct());
        }
    }

    /** Rows as the table holds them now. A table's rows are read when they are used, and by then it would have changed. */
    Dataset<Row> asOfNow(Dataset<Row> rows) {
        return context.spark().createDataFrame(rows.collectAsList(), rows.schema());
    }

    /**
     * Two paths may hold the same bytes; then one is a duplicate of the other, unless duplicates are kept. Which give samples is found without
     * these, which are so many bytes that to sort them takes longer than to make them.
     */
    private Dataset<Row> samples(Dataset<Row> images, Dataset<Row> prepared) {
        // Collected: no more than a batch of names, and what is to be broadcast must not have to be prepared again
        // within the broadcast's time.
        Dataset<Row> sampled = asOfNow(images.filter(col("samples").gt(0))
                .groupBy("sha256")
                .agg(min("path").as("path")));
        return prepared.join(broadcast(sampled), JoinColumns.of("path", "sha256"), "left_semi")
                .withColumn("cut", explode(col("cuts")))
                .select(
                        col("collection"),
                        col("domain"),
                        col("sha256"),
                        col("cut.sample_index"),
                        col("split"),
                        col("cut.x"),
                        col("cut.y"),
                        col("size_pixels"),
                        col("cut.pixels"),
                        col("settings_fingerprint"),
                        col("run_id"));
    }

    /** Deletes samples of content that no image of the collection holds any more, because its file was replaced. */
    private void deleteOrphans(Dataset<Row> changed) {
        Lake lake = context.lake();
        Dataset<Row> owners = lake.read(Table.IMAGES)
                .filter(col("collection").equalTo(collection).and(col("samples").gt(0)))
                .select("sha256");
        Dataset<Row> orphans = changed.join(owners, "sha256", "left_anti")
                .select(lit(collection).as("collection"), col("sha256"));
        lake.delete(Table.SAMPLES, orphans);
        lake.delete(Table.EDGE_SMOOTHED, orphans);
    }

    /** Other settings may cut fewer samples of the same image: what this run did not write over is of the old ones. */
    private void deleteLeftOver(Dataset<Row> accepted) {
        context.lake()
                .delete(
                        Table.SAMPLES,
                        context.lake()
                                .read(Table.SAMPLES)
                                .filter(col("collection")
                                        .equalTo(collection)
                                        .and(col("run_id").notEqual(context.runId())))
                                .join(accepted.select("sha256").distinct(), "sha256")
                                .select("collection", "sha256", "sample_index"));
    }
}
