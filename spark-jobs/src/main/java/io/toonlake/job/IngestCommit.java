package io.toonlake.job;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.when;

import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Writes one prepared batch: samples first, then whose the images are, then the images, then the quarantine. A run that is killed in between has
 * samples whose images are unknown; the next run prepares those images again and writes the same samples over them.
 */
final class IngestCommit {
    private static final StructType SAMPLED =
            new StructType().add("path", DataTypes.StringType).add("sha256", DataTypes.StringType);

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

    /**
     * The same rows in the driver's memory, without the pixels: under a kilobyte an image. Runs the preparation. Rows that are local are joined, filtered and
     * written without being computed anew each time, which is most of a commit's time otherwise.
     *
     * @param prepared as {@link PreparedRows#SCHEMA} says
     * @return column {@code cuts} is how many there are
     */
    static List<Row> described(Dataset<Row> prepared) {
        return withoutPixels(prepared).collectAsList();
    }

    private static Dataset<Row> withoutPixels(Dataset<Row> prepared) {
        return prepared.withColumn("cuts", size(col("cuts")));
    }

    /** Writes all of a batch, and returns how many were refused, by reason. */
    Map<String, Long> write(Dataset<Row> prepared) {
        return write(described(prepared), prepared);
    }

    /**
     * Returns how many were refused, by reason.
     *
     * @param rows those that are written, as {@link #described} has them
     * @param prepared the batch, for its pixels
     */
    Map<String, Long> write(List<Row> rows, Dataset<Row> prepared) {
        StructType schema = withoutPixels(prepared).schema();
        Map<String, Long> reasons = new TreeMap<>();
        List<Row> accepted = new ArrayList<>();
        List<Row> refused = new ArrayList<>();
        for (Row row : rows) {
            String reason = row.getAs("reason");
            if (reason == null) {
                accepted.add(row);
            } else {
                refused.add(row);
                reasons.merge(reason, 1L, Long::sum);
            }
        }
        if (!accepted.isEmpty()) {
            writeAccepted(
                    context.spark().createDataFrame(accepted, schema),
                    accepted.stream().map(row -> row.<String>getAs("path")).toList(),
                    prepared);
        }
        if (!refused.isEmpty()) {
            writeRefused(context.spark().createDataFrame(refused, schema));
        }
        return reasons;
    }

    private void writeAccepted(Dataset<Row> accepted, List<String> paths, Dataset<Row> prepared) {
        Lake lake = context.lake();
        Dataset<Row> known = lake.read(Table.IMAGES).filter(col("collection").equalTo(collection));
        Dataset<Row> changed = asOfNow(
                known.join(accepted.select("path"), "path").select("sha256").distinct());
        Dataset<Row> originals = known.filter(col("duplicate_of").isNull())
                .join(
                        replaced,
                        known.col("path")
                                .equalTo(replaced.col("path"))
                                .and(known.col("run_id").notEqual(context.runId())),
                        "left_anti");
        Dataset<Row> duplicates = new NearDuplicates(context.settings().ingest().nearDuplicateBits())
                .find(accepted.select("path", "perceptual_hash"), originals.select("path", "perceptual_hash"));
        Dataset<Row> images = asOfNow(accepted.join(duplicates, JoinColumns.of("path"), "left")
                .withColumn(
                        "samples",
                        when(col("duplicate_of").isNull(), col("cuts")).otherwise(lit(0)))
                .withColumn("ingested", current_timestamp()));
        Map<String, String> sampled = sampled(images);
        write(Table.SAMPLES, "sha256", sampled.keySet(), samples(sampled, prepared));
        // Before the images: none may be there of which it is not known whose it is.
        provenance.ifPresent(owners -> write(Table.PROVENANCE, "path", paths, owners.rows(accepted)));
        if (changed.isEmpty()) {
            lake.insert(Table.IMAGES, collection, images);
        } else {
            lake.upsert(Table.IMAGES, collection, images);
        }
        if (!changed.isEmpty()) {
            deleteOrphans(changed);
            deleteLeftOver(images.filter(col("samples").gt(0)));
        }
        lake.delete(Table.QUARANTINE, accepted.select(lit("ingest").as("job"), col("collection"), col("path")));
    }

    /** A file that was good before leaves the images, and its samples go with it. */
    private void writeRefused(Dataset<Row> refused) {
        Lake lake = context.lake();
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

    /** Rows whose keys are new, which most are, are written for a fraction of what it takes to replace some. */
    private void write(Table table, String column, Collection<String> names, Dataset<Row> rows) {
        Dataset<Row> written = context.spark()
                .createDataset(List.copyOf(names), Encoders.STRING())
                .toDF(column);
        boolean isHeld = context.lake().holds(table)
                && !context.lake()
                        .read(table)
                        .filter(col("collection").equalTo(collection))
                        .join(broadcast(written), JoinColumns.of(column), "left_semi")
                        .isEmpty();
        if (isHeld) {
            context.lake().upsert(table, collection, rows);
        } else {
            context.lake().insert(table, collection, rows);
        }
    }

    /** The images that give samples, by content: two paths may hold the same bytes, and then one is a duplicate of the other, unless duplicates are kept. */
    private static Map<String, String> sampled(Dataset<Row> images) {
        Map<String, String> first = new HashMap<>();
        images.filter(col("samples").gt(0))
                .select("path", "sha256")
                .collectAsList()
                .forEach(row -> first.merge(
                        row.getString(1), row.getString(0), (one, other) -> one.compareTo(other) < 0 ? one : other));
        return first;
    }

    /**
     * Which give samples is found without these, which are so many bytes that to sort them takes longer than to make them.
     *
     * @param first paths by content
     */
    private Dataset<Row> samples(Map<String, String> first, Dataset<Row> prepared) {
        List<Row> sampled = new ArrayList<>();
        first.forEach((sha256, path) -> sampled.add(RowFactory.create(path, sha256)));
        return prepared.join(
                        broadcast(context.spark().createDataFrame(sampled, SAMPLED)),
                        JoinColumns.of("path", "sha256"),
                        "left_semi")
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
