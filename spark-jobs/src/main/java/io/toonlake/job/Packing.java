package io.toonlake.job;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.when;

import io.toonlake.config.OutputLayout;
import io.toonlake.config.StylizeSettings;
import io.toonlake.model.StylizingModel;
import io.toonlake.packing.Intentions;
import io.toonlake.packing.Intentions.Intention;
import io.toonlake.packing.Intentions.Replaced;
import io.toonlake.packing.Sample;
import io.toonlake.packing.ShardCommit;
import io.toonlake.packing.ShardFormat;
import io.toonlake.packing.ShardNames;
import io.toonlake.packing.ShardPlan;
import io.toonlake.packing.Shards;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Packs a run's pictures into shards, a batch at a time. On the driver, under the output's lease.
 *
 * <p>Table and shards cannot be committed in one step. So shards come first and rows after them, and what is about to happen is written down before: after
 * a kill in between, the next run finds the shards that no row names, deletes them, and makes the batch again ({@link #recover}). Shards all of
 * whose samples were replaced go the same way.
 */
final class Packing {
    private final JobContext context;
    private final Path output;
    private final ShardNames names;
    private final ShardFormat format;
    private final Sample.Origin origin;
    private final Intentions intentions;

    private int batches;
    /** Of the next shard; negative before it is known. */
    private long next = -1;

    private String batch;
    private ShardCommit.Whole pending;
    private Intention intention;
    private boolean sweeps;

    private Packing(JobContext context, Path output, StylizingModel model) throws IOException {
        OutputLayout layout = context.settings().stylize().layout();
        this.context = context;
        this.output = output;
        this.names = new ShardNames(layout.code(), layout.extension());
        this.format = layout == OutputLayout.PARQUET ? Shards.parquet(context.spark()) : Shards.tar();
        this.origin = new Sample.Origin(
                model.fingerprint(), model.origin().title(), model.origin().licence());
        this.intentions = new Intentions(context.storage(), output);
    }

    /** Of a run whose settings ask for shards. */
    static Optional<Packing> of(JobContext context, Path output, StylizingModel model) {
        try {
            return context.settings().stylize().layout().isPacked()
                    ? Optional.of(new Packing(context, output, model))
                    : Optional.empty();
        } catch (IOException e) {
            throw unreachable(output, e);
        }
    }

    private Path folder() {
        return new Path(output, names.folder());
    }

    private Configuration hadoop() {
        return context.spark().sparkContext().hadoopConfiguration();
    }

    private static UnreachableException unreachable(Path output, IOException e) {
        return new UnreachableException(
                "Cannot write shards to " + Storage.shown(output) + ": " + Storage.reason(e), e);
    }

    /** Sets right what killed runs have left. */
    void recover() {
        try {
            ShardCommit.clear(folder(), hadoop());
            for (Intention left : intentions.left()) {
                sweep(new Lake(context.spark(), new Path(left.tables())), left);
            }
        } catch (IOException e) {
            throw unreachable(output, e);
        }
    }

    /** Deletes those of an intention's shards that no row names, and the files whose pictures are in shards, and forgets it. */
    private void sweep(Lake lake, Intention intention) throws IOException {
        List<String> paths = intention.shards().stream()
                .filter(name -> ShardNames.number(name) >= 0)
                .map(this::path)
                .toList();
        Set<String> named = lake.holds(Table.STYLIZED)
                ? Set.copyOf(lake.read(Table.STYLIZED)
                        .filter(col("shard").isin(paths.toArray()))
                        .select("shard")
                        .distinct()
                        .as(Encoders.STRING())
                        .collectAsList())
                : Set.of();
        for (String path : paths) {
            if (!named.contains(path)) {
                Path shard = new Path(path);
                context.storage().fileSystem(shard).delete(shard, false);
            }
        }
        deleteFiles(lake, intention.files());
        intentions.forget(intention.id());
    }

    private void deleteFiles(Lake lake, List<Replaced> files) {
        if (files.isEmpty() || !lake.holds(Table.STYLIZED)) {
            return;
        }
        StructType schema = new StructType().add("output", DataTypes.StringType).add("file_bytes", DataTypes.LongType);
        List<Row> rows = files.stream()
                .map(file -> RowFactory.create(path(file.name()), file.bytes()))
                .toList();
        // Before the rows are written a picture's file is the one that counts.
        JavaRDD<Row> packed = lake.read(Table.STYLIZED)
                .filter(col("shard").isNotNull())
                .join(broadcast(context.spark().createDataFrame(rows, schema)), JoinColumns.of("output"))
                .select("output", "file_bytes")
                .javaRDD();
        packed.foreachPartition(new FileDeletion(
                "delete the files of pictures that are in shards now",
                ListedFiles.hadoop(context),
                Targets.within(output),
                Rates.of(context.settings().stylize(), context.sparkContext()).writesPerSecond(),
                context.runId(),
                context.sparkContext().sc().longAccumulator(),
                context.sparkContext().sc().collectionAccumulator()));
    }

    private String path(String name) {
        return Targets.within(output) + name;
    }

    private String name(String path) {
        return path.substring(Targets.within(output).length());
    }

    /**
     * Rows of table {@code stylized} with what of their pictures is there.
     *
     * @param made rows with {@code shard, shard_bytes, made_bytes} and others
     * @return the others, {@code made_bytes}, and the same as {@code present_bytes} where the shard lies there as long as it was
     */
    Dataset<Row> present(Dataset<Row> made) {
        Dataset<Row> shards = exists()
                ? ListedFiles.below(context, folder(), "--output").rows()
                : ListedFiles.timed(ListedFiles.rows(context, List.of()));
        return made.join(
                        shards.select(col("path").as("shard"), col("size_bytes").as("listed_bytes")),
                        JoinColumns.of("shard"),
                        "left")
                .withColumn("present_bytes", when(col("shard_bytes").equalTo(col("listed_bytes")), col("made_bytes")))
                .drop("shard", "shard_bytes", "listed_bytes");
    }

    private boolean exists() {
        try {
            return context.storage().fileSystem(folder()).exists(folder());
        } catch (IOException e) {
            throw new UnreachableException("Cannot read " + Storage.shown(folder()) + ": " + Storage.reason(e), e);
        }
    }

    /**
     * Writes a batch's pictures to shards that nobody sees before {@link #published}.
     *
     * @param made what the batch's tasks have kept
     * @param sizes of what is to be packed
     * @return the batch's rows, with their shards, whose length is not known yet
     */
    List<Row> packed(JavaRDD<Made> made, List<ShardPlan.Size> sizes, Rates rates) {
        StylizeSettings settings = context.settings().stylize();
        List<ShardPlan.Range> ranges =
                ShardPlan.of(sizes, settings.shardBytes()).ranges();
        if (ranges.isEmpty()) {
            return List.of();
        }
        context.stages().begin("pack");
        batch = context.runId() + "-" + batches++;
        long first = nextNumber();
        next = first + ranges.stream().filter(ShardPlan.Range::filled).count();
        ShardCommit commit = new ShardCommit(folder(), batch, format.settings());
        Outcomes outcomes = new Outcomes(context.sparkContext().sc());
        ShardWriting writing = new ShardWriting(
                ListedFiles.hadoop(context),
                commit,
                format,
                ranges,
                names,
                first,
                Targets.within(output),
                settings.format().extension(),
                origin,
                context.runId(),
                rates);
        try {
            pending = commit.begin(hadoop());
            boolean written = false;
            try {
                ShardTasks.of(made, ranges).foreachPartition(part -> writing.write(part, outcomes));
                written = true;
            } finally {
                if (!written) {
                    pending.abort();
                }
            }
        } catch (IOException e) {
            throw unreachable(output, e);
        }
        return outcomes.rows();
    }

    /** Greater than that of any shard that there is or was. */
    private long nextNumber() {
        if (next >= 0) {
            return next;
        }
        long greatest = -1;
        try {
            RemoteIterator<FileStatus> there =
                    context.storage().fileSystem(folder()).listStatusIterator(folder());
            while (there.hasNext()) {
                String name = names.folder() + "/" + there.next().getPath().getName();
                greatest = Math.max(greatest, ShardNames.number(name));
            }
        } catch (FileNotFoundException e) {
            // The first shards.
        } catch (IOException e) {
            throw new UnreachableException("Cannot read " + Storage.shown(folder()) + ": " + Storage.reason(e), e);
        }
        if (context.lake().holds(Table.STYLIZED)) {
            Row row = context.lake()
                    .read(Table.STYLIZED)
                    .filter(col("shard").startsWith(Targets.within(folder())))
                    .agg(max(regexp_extract(col("shard"), "-(\\d+)\\.\\w+$", 1).cast("long")))
                    .head();
            greatest = row.isNullAt(0) ? greatest : Math.max(greatest, row.getLong(0));
        }
        return greatest + 1;
    }

    /**
     * Makes the shards of the last batch visible, before its rows are written.
     *
     * @param photos of the batch
     * @param results as {@link #packed} gave them
     * @return the same with the length of their shards
     */
    List<Row> published(List<Photo> photos, List<Row> results) {
        Set<String> shards = shards(results);
        List<Row> before = replaced(photos, results);
        List<String> all = Stream.concat(
                        shards.stream(),
                        before.stream().map(row -> row.<String>getAs("shard")).filter(Objects::nonNull))
                .map(this::name)
                .distinct()
                .toList();
        List<Replaced> files = before.stream()
                .filter(row -> row.getAs("shard") == null && row.getAs("output_bytes") != null)
                .map(row -> new Replaced(name(row.getAs("output")), row.<Long>getAs("output_bytes")))
                .toList();
        intention = new Intention(batch, context.lake().root().toString(), all, files);
        sweeps = !before.isEmpty();
        try {
            intentions.write(intention);
            pending.commit();
            Map<String, Long> bytes = new HashMap<>();
            for (String shard : shards) {
                Path path = new Path(shard);
                bytes.put(
                        shard,
                        context.storage().fileSystem(path).getFileStatus(path).getLen());
            }
            return results.stream()
                    .map(row ->
                            ShardWriting.with(row, "shard_bytes", bytes.get(Stylization.<String>value(row, "shard"))))
                    .toList();
        } catch (IOException e) {
            throw unreachable(output, e);
        }
    }

    /** Rows {@code output, output_bytes, shard} of where the batch's pictures are so far: in shards that may all be superseded now, or files. */
    private List<Row> replaced(List<Photo> photos, List<Row> results) {
        if (photos.stream().noneMatch(Photo::replaces) || !context.lake().holds(Table.STYLIZED)) {
            return List.of();
        }
        Dataset<Row> now = context.spark()
                .createDataFrame(results, Stylization.SCHEMA)
                .filter(col("shard").isNotNull())
                .select("output");
        return context.lake()
                .read(Table.STYLIZED)
                .filter(col("output").startsWith(Targets.within(output)))
                .join(broadcast(now), JoinColumns.of("output"), "left_semi")
                .select("output", "output_bytes", "shard")
                .collectAsList();
    }

    /** After the batch's rows are written: table and shards agree again, once the shards without a sample that counts are deleted. */
    void settle() {
        try {
            if (sweeps) {
                sweep(context.lake(), intention);
            } else {
                intentions.forget(intention.id());
            }
        } catch (IOException e) {
            throw unreachable(output, e);
        }
    }

    private static Set<String> shards(List<Row> results) {
        return results.stream()
                .map(row -> Stylization.<String>value(row, "shard"))
                .filter(shard -> shard != null)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
