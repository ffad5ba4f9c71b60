package io.toonlake.job;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.toonlake.storage.SourceFile;
import io.toonlake.storage.UnreachableException;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
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
    /** Photos that the driver sorts itself: Spark's way takes three queries. */
    private static final int SORTED_HERE = 10_000;

    /** The fate of photos that the run's selection passes over; no reason of a quarantine. */
    static final String FILTERED = "filtered";

    /** Columns that say the same of two rows are joined by: a number is sorted and compared faster than a path. */
    private static final scala.collection.Seq<String> PICTURE = JoinColumns.of("output_hash", "output");

    private final Dataset<Row> compared;
    private final long pending;
    private final long unchanged;
    private final Map<String, Long> quarantined;
    private final long filtered;
    private final Counts.Settled settled;

    private Worklist(
            Dataset<Row> compared,
            long pending,
            long unchanged,
            Map<String, Long> quarantined,
            long filtered,
            Counts.Settled settled) {
        this.compared = compared;
        this.pending = pending;
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
            String settings,
            Optional<Packing> packing,
            GoodRuns good) {
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
                        col("made_settled"),
                        col("refused_settled"),
                        when(isPending, col("refused_since")).as("refused_since"),
                        when(isPending, col("made_since")).as("made_since"),
                        col("status"))
                .persist(StorageLevel.MEMORY_AND_DISK());
        long pending = 0;
        long unchanged = 0;
        long filtered = 0;
        Map<String, Long> quarantined = new TreeMap<>();
        long settledUnchanged = 0;
        long settledQuarantined = 0;
        for (Row row : kept.groupBy("status", "made_settled", "refused_settled")
                .agg(count(lit(1)))
                .collectAsList()) {
            long number = row.getLong(3);
            if (row.isNullAt(0)) {
                pending += number;
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
                kept,
                pending,
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
            String settings,
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
                                    .and(col("settings_fingerprint").equalTo(settings))
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
            Dataset<Row> refused = targets.added(
                            lake.read(Table.QUARANTINE).filter(col("job").equalTo("stylize")))
                    .select(
                            xxhash64(col("output")).as("output_hash"),
                            col("output"),
                            photoHash().as("refused_as"),
                            col("quarantined").as("refused_at"),
                            when(
                                            col("settings_fingerprint")
                                                    .equalTo(settings)
                                                    .and(not(col("reason").isin(KnownFiles.TRIED_AGAIN))),
                                            col("reason"))
                                    .as("reason"));
            listed = joined(photos, listed, refused);
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
        if (!photos.small()) {
            return listed.join(others.hint("merge"), PICTURE, "left");
        }
        Dataset<Row> few = org.apache.spark.sql.functions.broadcast(
                photos.rows().select(xxhash64(col("output")).as("output_hash"), col("output")));
        return listed.join(others.join(few, PICTURE, "left_semi"), PICTURE, "left");
    }

    private static Dataset<Row> present(JobContext context, Path output) {
        try {
            Dataset<Row> files = context.storage().fileSystem(output).exists(output)
                    ? ListedFiles.below(context, output, "--output").rows()
                    : ListedFiles.rows(context, List.of());
            return files.select(
                    xxhash64(col("path")).as("output_hash"),
                    col("path").as("output"),
                    col("size_bytes").as("present_bytes"));
        } catch (IOException e) {
            throw new UnreachableException("Cannot read --output " + output + ": " + e.getMessage(), e);
        }
    }

    long pending() {
        return pending;
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

    /**
     * The photos to stylize, in path order, so many at a time. To be asked for before the tables change, which makes Spark forget what
     * it has kept of them.
     */
    Iterator<List<Photo>> batches(int photos) {
        return batches(photos, SORTED_HERE);
    }

    Iterator<List<Photo>> batches(int photos, int sortedHere) {
        Iterator<Photo> all = pending == 0 ? List.<Photo>of().iterator() : sorted(photos, sortedHere);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return all.hasNext();
            }

            @Override
            public List<Photo> next() {
                if (!all.hasNext()) {
                    throw new NoSuchElementException();
                }
                List<Photo> batch = new ArrayList<>();
                while (batch.size() < photos && all.hasNext()) {
                    batch.add(all.next());
                }
                return batch;
            }
        };
    }

    private Iterator<Photo> sorted(int photos, int sortedHere) {
        Dataset<Row> rows = compared.filter(col("status").isNull());
        if (pending <= sortedHere) {
            return rows.collectAsList().stream()
                    .map(Worklist::photo)
                    .sorted(Comparator.comparing(photo -> photo.file().path()))
                    .iterator();
        }
        int parts = (int) Math.min(10_000, 1 + pending / Math.max(photos, 1_000));
        Iterator<Row> sorted = rows.repartitionByRange(parts, col("path"))
                .sortWithinPartitions("path")
                .toLocalIterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return sorted.hasNext();
            }

            @Override
            public Photo next() {
                return photo(sorted.next());
            }
        };
    }

    private static Photo photo(Row row) {
        return new Photo(
                new SourceFile(
                        row.getString(0), row.getLong(1), row.getTimestamp(2).getTime()),
                row.getString(3),
                row.getBoolean(4),
                row.getBoolean(5),
                row.getTimestamp(9),
                row.getBoolean(6),
                row.getBoolean(7),
                row.getTimestamp(8));
    }

    @Override
    public void close() {
        compared.unpersist();
    }
}
