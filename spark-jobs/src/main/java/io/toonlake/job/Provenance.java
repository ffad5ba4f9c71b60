package io.toonlake.job;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.toonlake.licence.FlickrLicence;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/** Whose the photos of a collection are and under which licence, as table {@code provenance} keeps it for those that are accepted. */
final class Provenance {
    /** What the run adds to what the metadata says. */
    private static final Set<String> OF_THE_RUN = Set.of("collection", "sha256", "fetched", "run_id");

    private final JobContext context;
    private final String collection;
    private final Dataset<Row> said;
    private final boolean filesAreFetched;

    private Provenance(JobContext context, String collection, Dataset<Row> said, boolean filesAreFetched) {
        this.context = context;
        this.collection = collection;
        this.said = said;
        this.filesAreFetched = filesAreFetched;
    }

    /**
     * Of photos, as {@link YfccPhotos#present()} has them.
     *
     * @param source where they come from, as the table spells it
     * @param filesAreFetched whether the files are what Toonlake has fetched, which then was when they were written; others are fetched by being read
     */
    static Provenance of(
            JobContext context, String collection, String source, YfccPhotos photos, boolean filesAreFetched) {
        return new Provenance(
                context,
                collection,
                photos.present()
                        .withColumn("source", lit(source))
                        .withColumn("photo_id", col("photo_id").cast("string"))
                        .withColumn("licence", licence(FlickrLicence::title))
                        .withColumn("licence_version", licence(FlickrLicence::version))
                        .withColumn("licence_url", licence(FlickrLicence::url))
                        .select(columns("")),
                filesAreFetched);
    }

    private static Column licence(Function<FlickrLicence, String> property) {
        Column value = when(lit(false), lit(""));
        for (FlickrLicence licence : FlickrLicence.values()) {
            value = value.when(col("licence_id").equalTo(licence.id()), lit(property.apply(licence)));
        }
        return value;
    }

    /** What the metadata says of a photo: the table's columns but the run's. */
    private static Column[] columns(String prefix) {
        return Arrays.stream(Table.PROVENANCE.schema().fieldNames())
                .filter(name -> !OF_THE_RUN.contains(name))
                .map(name -> col(prefix + name))
                .toArray(Column[]::new);
    }

    /**
     * Rows of photos that this run has read, to be written; others than this collection's are passed over.
     *
     * @param accepted rows {@code path, sha256, modified}
     */
    Dataset<Row> rows(Dataset<Row> accepted) {
        return ofThisRun(said.join(accepted.select("path", "sha256", "modified"), "path")
                .withColumn("fetched", filesAreFetched ? col("modified") : current_timestamp()));
    }

    /**
     * Brings rows up to date of photos that are in table {@code images} and are not read again: the metadata may say something else of them
     * now, or say something for the first time.
     */
    void refresh() {
        Lake lake = context.lake();
        if (!lake.holds(Table.IMAGES)) {
            return;
        }
        Dataset<Row> images = lake.read(Table.IMAGES)
                .filter(col("collection").equalTo(collection))
                .select(col("path"), col("sha256"), (filesAreFetched ? col("modified") : col("ingested")).as("read"));
        Dataset<Row> kept = lake.read(Table.PROVENANCE)
                .filter(col("collection").equalTo(collection))
                .select(
                        col("path"),
                        struct(columns("")).as("kept"),
                        col("sha256").as("kept_sha256"),
                        col("fetched"));
        Dataset<Row> stale = said.withColumn("now", struct(columns("")))
                .join(images, "path")
                .join(kept, JoinColumns.of("path"), "left")
                .filter(not(col("now")
                        .eqNullSafe(col("kept"))
                        .and(coalesce(col("sha256").equalTo(col("kept_sha256")), lit(false)))))
                .withColumn(
                        "fetched",
                        coalesce(when(col("sha256").equalTo(col("kept_sha256")), col("fetched")), col("read")));
        if (!stale.isEmpty()) {
            forgetOlderAnswers(stale);
            lake.upsert(Table.PROVENANCE, collection, ofThisRun(stale));
        }
    }

    /** The licence that Flickr once told {@code recheck} of is no news where the metadata tells of another since; that the photo is gone stays. */
    private void forgetOlderAnswers(Dataset<Row> stale) {
        Lake lake = context.lake();
        if (lake.holds(Table.RECHECKS)) {
            // Collected, since provenance changes before they are used.
            List<String> relicensed = stale.filter(col("kept")
                            .isNotNull()
                            .and(not(col("kept.licence_id").eqNullSafe(col("now.licence_id")))))
                    .select("photo_id")
                    .distinct()
                    .as(Encoders.STRING())
                    .collectAsList();
            if (!relicensed.isEmpty()) {
                Dataset<Row> ids = context.spark()
                        .createDataset(relicensed, Encoders.STRING())
                        .toDF("photo_id");
                List<String> answered = lake.read(Table.RECHECKS)
                        .filter(col("state").notEqual(RecheckJob.GONE))
                        .join(ids, "photo_id")
                        .select("photo_id")
                        .as(Encoders.STRING())
                        .collectAsList();
                lake.delete(
                        Table.RECHECKS,
                        context.spark()
                                .createDataset(answered, Encoders.STRING())
                                .toDF("photo_id"));
            }
        }
    }

    private Dataset<Row> ofThisRun(Dataset<Row> rows) {
        return rows.withColumn("run_id", lit(context.runId()));
    }
}
