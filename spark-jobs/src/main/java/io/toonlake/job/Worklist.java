package io.toonlake.job;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * What a run of {@code stylize} has to do. Spark compares the photos with the tables and with the pictures in the output; the driver
 * sees counts, and of the photos those that are to be stylized, a batch at a time.
 *
 * <p>A photo is unchanged where its row has this model, these settings and this picture, and the picture still lies there, as long as it
 * was; and quarantined where it was refused as it is now, for a reason that lasts.
 */
final class Worklist implements AutoCloseable {
    /** The fate of photos that the run's selection passes over; no reason of a quarantine. */
    static final String FILTERED = "filtered";

    /** Columns that say the same of two rows are joined by: a number is sorted and compared faster than a path. */
    private static final scala.collection.Seq<String> PICTURE = JoinColumns.of("output_hash", "output");

    private final PendingPhotos pending;
    private final long unchanged;
    private final Map<String, Long> quarantined;
    private final long filtered;
    private final Counts.Settled settled;
    private final Why why;

    /**
     * Why photos are to be stylized.
     *
     * @param fresh without a picture so far
     * @param changed since their pictures were made
     * @param again as they were: another model or other settings, or the picture is not there as it was made
     */
    record Why(long fresh, long changed, long again) {}

    private Worklist(
            PendingPhotos pending,
            Why why,
            long unchanged,
            Map<String, Long> quarantined,
            long filtered,
            Counts.Settled settled) {
        this.pending = pending;
        this.why = why;
        this.unchanged = unchanged;
        this.quarantined = quarantined;
        this.filtered = filtered;
        this.settled = settled;
    }

    /**
     * Compares.
     *
     * @param photos rows {@code path, size_bytes, modified, filtered, output}, each path and each output once
     * @param output folder of the pictures
     * @param packing into shards, which are what has to lie there then; empty where each picture is a file
     * @param good runs: what they have judged is no news
     */
    static Worklist of(
            JobContext context,
            ListedFiles photos,
            Path output,
            Targets targets,
            String model,
            SettingsFingerprints settings,
            Optional<Packing> packing,
            GoodRuns good) {
        return of(context, photos, output, targets, model, settings, packing, good, PendingPhotos.KEPT_HERE);
    }

    static Worklist of(
            JobContext context,
            ListedFiles photos,
            Path output,
            Targets targets,
            String model,
            SettingsFingerprints settings,
            Optional<Packing> packing,
            GoodRuns good,
            int keptHere) {
        Dataset<Row> compared = compared(context, photos, output, targets, model, settings, packing, good);
        // Of photos that are done, a run over a million of them needs to keep their number only.
        Column isPending = col("status").isNull();
        Dataset<Row> kept = compared.select(
                        when(isPending, col("path")).as("path"),
                        when(isPending, col("size_bytes")).as("size_bytes"),
                        when(isPending, col("modified")).as("modified"),
                        when(isPending, col("output")).as("output"),
                        col("replaces"),
                        col("refused_before"),
                        when(isPending, col("made_since")).as("made_since"),
                        col("made_settled"),
                        col("refused_settled"),
                        when(isPending, col("refused_since")).as("refused_since"),
                        col("status"))
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            return of(kept, keptHere);
        } finally {
            kept.unpersist();
        }
    }

    private static Worklist of(Dataset<Row> compared, int keptHere) {
        long fresh = 0;
        long changed = 0;
        long again = 0;
        long unchanged = 0;
        long filtered = 0;
        Map<String, Long> quarantined = new TreeMap<>();
        long settledUnchanged = 0;
        long settledQuarantined = 0;
        for (Row row : compared.groupBy(
                        col("status"),
                        col("made_settled"),
                        col("refused_settled"),
                        col("replaces"),
                        col("made_since").isNotNull().as("made"))
                .agg(count(lit(1)).as("photos"))
                .collectAsList()) {
            long number = row.getAs("photos");
            if (row.isNullAt(0)) {
                fresh += row.getBoolean(3) ? 0 : number;
                changed += row.getBoolean(3) && !row.getBoolean(4) ? number : 0;
                again += row.getBoolean(3) && row.getBoolean(4) ? number : 0;
            } else if (row.getString(0).isEmpty()) {
                unchanged += number;
                settledUnchanged += row.getBoolean(1) ? number : 0;
            } else if (row.getString(0).equals(FILTERED)) {
                filtered += number;
            } else {
                quarantined.merge(row.getString(0), number, Long::sum);
                settledQuarantined += row.getBoolean(2) ? number : 0;
            }
        }
        return new Worklist(
                PendingPhotos.of(
                        compared.filter(col("status").isNull()).drop("status"), fresh + changed + again, keptHere),
                new Why(fresh, changed, again),
                unchanged,
                quarantined,
                filtered,
                new Counts.Settled(0, settledUnchanged, settledQuarantined));
    }

    private static Dataset<Row> compared(
            JobContext context,
            ListedFiles photos,
            Path output,
            Targets targets,
            String model,
            SettingsFingerprints settings,
            Optional<Packing> packing,
            GoodRuns good) {
        Lake lake = context.lake();
        Dataset<Row> listed =
                photos.rows().withColumn("output_hash", xxhash64(col("output"))).withColumn("photo_hash", photoHash());
        Column done = lit(false);
        Column madeSettled = lit(false);
        Column madeSince = lit(null).cast("timestamp");
        Column replaces = lit(false);
        if (lake.holds(Table.STYLIZED)) {
            Dataset<Row> made = lake.read(Table.STYLIZED)
                    .filter(col("output").startsWith(Targets.within(output)))
                    .select(
                            xxhash64(col("output")).as("output_hash"),
                            col("output"),
                            photoHash().as("made_from"),
                            col("output_bytes").as("made_bytes"),
                            col("model_fingerprint")
                                    .equalTo(model)
                                    .and(col("settings_fingerprint").equalTo(settings.pictures()))
                                    .as("as_now"),
                            coalesce(col("known_since"), col("stylized")).as("made_at"),
                            col("shard"),
                            col("shard_bytes"));
            if (packing.isPresent()) {
                listed = joined(photos, listed, packing.get().present(made));
            } else {
                listed = joined(photos, listed, made.drop("shard", "shard_bytes"));
                listed = joined(photos, listed, present(context, output));
            }
            done = col("as_now")
                    .and(col("made_from").equalTo(col("photo_hash")))
                    .and(col("made_bytes").equalTo(col("present_bytes")));
            madeSince = when(col("made_from").equalTo(col("photo_hash")), col("made_at"));
            madeSettled = good.judged(madeSince, col("modified"));
            replaces = col("made_from").isNotNull();
        }
        Column reason = lit(null).cast("string");
        Column refusedBefore = lit(false);
        Column refusedSettled = lit(false);
        Column refusedSince = lit(null).cast("timestamp");
        if (lake.holds(Table.QUARANTINE)) {
            Dataset<Row> refused = targets.added(lake.read(Table.QUARANTINE)
                            .filter(col("job")
                                    .equalTo("stylize")
                                    .and(col("collection").equalTo(""))))
                    .select(
                            xxhash64(col("output")).as("output_hash"),
                            col("output"),
                            xxhash64(col("path")).as("refused_path_hash"),
                            photoHash().as("refused_as"),
                            col("quarantined").as("refused_at"),
                            when(
                                            col("settings_fingerprint")
                                                    .equalTo(settings.refusals())
                                                    .and(not(col("reason").isin(KnownFiles.TRIED_AGAIN))),
                                            col("reason"))
                                    .as("reason"));
            listed = joinedByPhoto(photos, listed, refused);
            reason = when(col("refused_as").equalTo(col("photo_hash")), col("reason"));
            refusedBefore = col("refused_as").isNotNull();
            refusedSince = when(col("refused_as").equalTo(col("photo_hash")), col("refused_at"));
            refusedSettled = good.judged(refusedSince, col("modified"));
        }
        return listed.select(
                col("path"),
                col("size_bytes"),
                col("modified"),
                col("output"),
                replaces.as("replaces"),
                refusedBefore.as("refused_before"),
                coalesce(madeSettled, lit(false)).as("made_settled"),
                coalesce(refusedSettled, lit(false)).as("refused_settled"),
                refusedSince.as("refused_since"),
                madeSince.as("made_since"),
                // A run that was killed between two commits leaves a photo in both tables; either way it is known.
                when(col("filtered"), lit(FILTERED))
                        .when(coalesce(done, lit(false)), lit(""))
                        .otherwise(reason)
                        .as("status"));
    }

    /** What makes a photo another one. With 64 bits, of 2^64 changes one would go unnoticed. */
    private static Column photoHash() {
        return xxhash64(col("path"), col("size_bytes"), col("modified"));
    }

    /**
     * Spark guesses how large a table is by its compressed files, and would send one with a million paths to every task; merging
     * sorted rows is safe at any size. Where the photos are few, they are what is sent.
     */
    private static Dataset<Row> joined(ListedFiles photos, Dataset<Row> listed, Dataset<Row> others) {
        return listed.join(right(photos, others), PICTURE, "left");
    }

    private static Dataset<Row> right(ListedFiles photos, Dataset<Row> others) {
        if (!photos.small()) {
            return others.hint("merge");
        }
        Dataset<Row> few =
                broadcast(photos.rows().select(xxhash64(col("output")).as("output_hash"), col("output")));
        return others.join(few, PICTURE, "left_semi");
    }

    /**
     * By the photo too, where two of one place in the output may be known, of two buckets: by an expression that Spark does not take for one of the
     * columns to join by, since it would lay out a million rows anew for that.
     */
    private static Dataset<Row> joinedByPhoto(ListedFiles photos, Dataset<Row> listed, Dataset<Row> refused) {
        Dataset<Row> right = right(photos, refused);
        Column samePlace = listed.col("output_hash")
                .equalTo(right.col("output_hash"))
                .and(listed.col("output").equalTo(right.col("output")));
        Column samePhoto = xxhash64(listed.col("path"))
                .bitwiseXOR(right.col("refused_path_hash"))
                .equalTo(lit(0L));
        return listed.join(right, samePlace.and(samePhoto), "left")
                .drop(right.col("output_hash"))
                .drop(right.col("output"));
    }

    private static Dataset<Row> present(JobContext context, Path output) {
        try {
            Dataset<Row> files = context.storage().fileSystem(output).exists(output)
                    ? ListedFiles.made(context, output).rows()
                    : ListedFiles.rows(context, List.of());
            return files.select(
                    xxhash64(col("path")).as("output_hash"),
                    col("path").as("output"),
                    col("size_bytes").as("present_bytes"));
        } catch (IOException e) {
            throw new UnreachableException(
                    "Cannot read --output " + Storage.shown(output) + ": " + Storage.reason(e), e);
        }
    }

    long pending() {
        return pending.count();
    }

    /** By what the comparison counted. */
    Why why() {
        return why;
    }

    long unchanged() {
        return unchanged;
    }

    /** How many the run's selection passes over. */
    long filtered() {
        return filtered;
    }

    /** What of {@link #unchanged()} and {@link #quarantined()} is no news. */
    Counts.Settled settled() {
        return settled;
    }

    /** How many were refused before and are as they were, by reason. */
    Map<String, Long> quarantined() {
        return quarantined;
    }

    /** The photos to stylize, in path order, so many at a time; once. */
    Iterator<List<Photo>> batches(int photos) {
        return pending.batches(photos);
    }

    @Override
    public void close() {
        pending.close();
    }
}
