package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;

import io.toonlake.edge.EdgeSettings;
import io.toonlake.edge.EdgeSmoother;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.table.Domain;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Precomputes the negatives of the edge-promoting loss: the samples of a cartoon collection with their edges smoothed. */
@Command(
        name = "edge-smooth",
        header = "Precomputes edge-smoothed cartoons, the negatives of the edge-promoting loss.",
        description = {
            "",
            "For every cartoon sample: Canny edges, dilated, and a blur (edge.blur) inside the dilated region only (Chen, Lai, Liu, CVPR "
                    + "2018, section 3.2.1). The discriminator learns from them that a cartoon without clear edges is none.",
            "",
            "Run again, it smooths only new samples, or all where the edge.* settings have changed.",
            ""
        },
        footer = {"", "Example:", "  toonlake edge-smooth --tables lake --collection hayao"})
final class EdgeSmoothJob extends Job {
    private static final StructType SMOOTHED =
            Table.SAMPLES.schema().add("reason", DataTypes.StringType).add("message", DataTypes.StringType);

    @Option(names = "--tables", required = true, paramLabel = "URI", description = "The tables that ingest wrote.")
    private String tables;

    @Option(
            names = "--collection",
            required = true,
            paramLabel = "NAME",
            description = "A collection of domain cartoon.")
    private String collection;

    @Override
    String tables() {
        return tables;
    }

    @Override
    @SuppressWarnings("try") // the progress line lives as long as its block
    JobResult execute(JobContext context) {
        Lake lake = context.lake();
        Checks.collectionOf(Domain.CARTOON, "--collection", collection, lake);
        String fingerprint = context.settings().edge().smoothing().fingerprint();
        Column ours = col("collection").equalTo(collection);
        Column[] key = {col("collection"), col("sha256"), col("sample_index")};

        Dataset<Row> samples = lake.read(Table.SAMPLES).filter(ours);
        Dataset<Row> smoothed = lake.read(Table.EDGE_SMOOTHED).filter(ours);
        lake.delete(
                Table.EDGE_SMOOTHED,
                smoothed.select(key)
                        .join(
                                samples.select(key),
                                JoinColumns.of("collection", "sha256", "sample_index"),
                                "left_anti"));
        // A sample cut anew under other ingest settings has the key of the old one.
        Dataset<Row> current = smoothed.filter(col("settings_fingerprint").equalTo(fingerprint))
                .select(col("sha256"), col("sample_index"), col("sample_fingerprint"));
        Dataset<Row> pending = samples.join(
                current,
                samples.col("sha256")
                        .equalTo(current.col("sha256"))
                        .and(samples.col("sample_index").equalTo(current.col("sample_index")))
                        .and(samples.col("settings_fingerprint").equalTo(current.col("sample_fingerprint"))),
                "left_anti");

        long total = samples.count();
        long todo = pending.count();
        LongAccumulator done = context.sparkContext().sc().longAccumulator("smoothed");
        Dataset<Row> results = pending.repartition(tasks(context, todo))
                .mapPartitions(new Smoothing(context.settings().edge().smoothing(), done), Encoders.row(SMOOTHED))
                .persist(StorageLevel.DISK_ONLY());
        Map<String, Long> reasons = new TreeMap<>();
        try (Progress progress = context.progress("edge-smooth " + collection, "samples", todo, done::value)) {
            // Before the table changes: a write to it makes Spark forget what was persisted from it.
            results.filter(col("reason").isNotNull())
                    .groupBy("reason")
                    .count()
                    .collectAsList()
                    .forEach(row -> reasons.put(row.getString(0), row.getLong(1)));
            forgetRefusals(lake);
            if (!reasons.isEmpty()) {
                lake.upsert(Table.QUARANTINE, refused(results, fingerprint, context));
            }
            lake.upsert(
                    Table.EDGE_SMOOTHED,
                    results.filter(col("reason").isNull())
                            .withColumnRenamed("settings_fingerprint", "sample_fingerprint")
                            .withColumn("settings_fingerprint", lit(fingerprint))
                            .withColumn("run_id", lit(context.runId())));
        } finally {
            results.unpersist();
        }
        long refused = reasons.values().stream().mapToLong(Long::longValue).sum();
        return JobResult.of(new Counts(todo - refused, total - todo, reasons), Job.settingsFingerprint(fingerprint));
    }

    /** All that were refused were tried again, or are gone. */
    private void forgetRefusals(Lake lake) {
        Dataset<Row> before = lake.read(Table.QUARANTINE)
                .filter(col("job").equalTo("edge-smooth").and(col("collection").equalTo(collection)))
                .select("job", "collection")
                .distinct();
        if (!before.isEmpty()) {
            lake.delete(Table.QUARANTINE, before);
        }
    }

    private static Dataset<Row> refused(Dataset<Row> results, String fingerprint, JobContext context) {
        return results.filter(col("reason").isNotNull())
                .select(
                        lit("edge-smooth").as("job"),
                        col("collection"),
                        concat(col("sha256"), lit("#"), col("sample_index")).as("path"),
                        length(col("pixels")).as("size_bytes"),
                        col("reason"),
                        col("message"),
                        lit(fingerprint).as("settings_fingerprint"),
                        lit(context.runId()).as("run_id"),
                        current_timestamp().as("quarantined"));
    }

    private static int tasks(JobContext context, long samples) {
        int samplesPerTask = 256;
        return (int) Math.max(context.sparkContext().defaultParallelism(), samples / samplesPerTask);
    }

    private record Smoothing(EdgeSettings settings, LongAccumulator done) implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> samples) {
            EdgeSmoother smoother = new EdgeSmoother(settings);
            ImageDecoder decoder = new ImageDecoder(new DecodeLimits(Integer.MAX_VALUE, 1L << 28, 1));
            ImageEncoder encoder = new ImageEncoder();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return samples.hasNext();
                }

                @Override
                public Row next() {
                    if (!samples.hasNext()) {
                        throw new NoSuchElementException();
                    }
                    Row row = smoothed(samples.next(), smoother, decoder, encoder);
                    done.add(1);
                    return row;
                }
            };
        }

        private static Row smoothed(Row sample, EdgeSmoother smoother, ImageDecoder decoder, ImageEncoder encoder) {
            int fields = sample.size();
            Object[] values = new Object[fields + 2];
            for (int i = 0; i < fields; i++) {
                values[i] = sample.get(i);
            }
            int pixels = sample.fieldIndex("pixels");
            try {
                byte[] png = (byte[]) values[pixels];
                values[pixels] =
                        encoder.encode(smoother.smooth(decoder.decode(png).image()), ImageFormat.PNG, 100);
            } catch (ImageRefusedException e) {
                values[fields] = e.reason().code();
                values[fields + 1] = "Cannot decode sample " + sample.getAs("sha256") + ": " + e.getMessage();
            }
            return RowFactory.create(values);
        }
    }
}
