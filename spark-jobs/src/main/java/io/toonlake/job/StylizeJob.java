package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.lit;

import io.toonlake.config.Fingerprint;
import io.toonlake.model.Calibration;
import io.toonlake.model.CalibrationFile;
import io.toonlake.model.Model;
import io.toonlake.model.ModelFolder;
import io.toonlake.storage.HadoopModelFiles;
import io.toonlake.storage.Lease;
import io.toonlake.storage.Listing;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.UnreachableException;
import io.toonlake.stylize.Precision;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a cartoon of every photo below a folder, at full resolution, keeping names and folders. */
@Command(
        name = "stylize",
        header = "Makes a cartoon of every photo below a folder, at full resolution.",
        description = {
            "",
            "Pictures keep the photos' names and folders below --output; a.png stylized to JPEG is a.png.jpg. EXIF orientation is "
                    + "applied, transparency kept (on stylize.background where the format has none). What cannot be decoded goes to "
                    + "table quarantine with its reason.",
            "",
            "Run again, it stylizes what is new, what has changed, and what another model or other settings made. While it runs, no other "
                    + "run writes to the same output.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  toonlake stylize --model models/hayao --input ~/Pictures --output ~/Cartoons",
            "  toonlake stylize --model s3a://lake/models/hayao --input s3a://lake/photos --output s3a://lake/cartoons \\",
            "      --set stylize.format=webp"
        })
final class StylizeJob extends Job {
    private static final StructType EXPECTED =
            new StructType().add("path", DataTypes.StringType).add("output", DataTypes.StringType);

    @Option(
            names = "--model",
            required = true,
            paramLabel = "MODEL_DIR",
            description = "A folder that train or import-model wrote.")
    private String modelFolder;

    @Option(names = "--input", required = true, paramLabel = "URI", description = "Folder of photos, or one photo.")
    private String input;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "URI",
            description = "Folder for the pictures; made if missing.")
    private String output;

    @Option(
            names = "--tables",
            paramLabel = "URI",
            description = "Where tables stylized, quarantine and runs are. Default: _toonlake in the output folder.")
    private String tables;

    @Override
    String tables() {
        return tables == null ? output + "/_toonlake" : tables;
    }

    @Override
    JobResult execute(JobContext context) {
        context.stages().begin("list");
        Path from = context.storage().canonical(input);
        Path to = context.storage().canonical(output);
        List<SourceFile> listing = new Listing(context.storage()).files(from, "--input");
        Targets targets = targets(context, from, to, listing);
        context.stages().begin("compare");
        Model model = model(context);
        Optional<Calibration> calibration = calibration(context, model);
        try (Lease lease = Lease.take(
                context.storage(),
                to,
                context.runId(),
                "stylize",
                Duration.ofSeconds(context.settings().stylize().leaseSeconds()))) {
            return stylized(context, to, listing, targets, model, calibration, lease);
        }
    }

    @SuppressWarnings("try") // the progress line lives as long as its block
    private static JobResult stylized(
            JobContext context,
            Path to,
            List<SourceFile> listing,
            Targets targets,
            Model model,
            Optional<Calibration> calibration,
            Lease lease) {
        String asked = context.settings()
                .fingerprint(
                        "stylize.format",
                        "stylize.quality",
                        "stylize.max-edge-pixels",
                        "stylize.keep-colors",
                        "stylize.strength",
                        "stylize.background",
                        "stylize.limits",
                        "stylize.engine",
                        "stylize.engine-memory");
        // What single precision made before there was a choice stays as it is.
        String settings = calibration
                .map(ranges -> Fingerprint.of(asked, Precision.INT8.code(), ranges.fingerprint()))
                .orElse(asked);
        KnownFiles known = known(context, listing, to, targets, model.fingerprint(), settings);

        LongAccumulator done = context.sparkContext().sc().longAccumulator("stylized");
        Stylization stylization = new Stylization(context, model, calibration, targets, settings, done);
        Throughput throughput = new Throughput();
        Map<String, Long> reasons = new TreeMap<>(known.quarantined());
        int pending = known.pending().size();
        int perCommit = context.settings().stylize().imagesPerCommit();
        long stylized = 0;
        Map<String, Double> likeness = Map.of();
        try (Progress progress = new Progress("stylize", "photos", pending, done::value)) {
            for (int start = 0; start < pending; start += perCommit) {
                List<SourceFile> batch = known.pending().subList(start, Math.min(pending, start + perCommit));
                context.stages().begin("stylize");
                Dataset<Row> results = stylization.results(batch);
                context.stages().begin("commit");
                throughput.add(results);
                lease.check();
                Map<String, Long> refused = commit(context.lake(), results);
                refused.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
                stylized += batch.size()
                        - refused.values().stream().mapToLong(Long::longValue).sum();
            }
            if (calibration.isPresent()) {
                context.stages().begin("check");
                likeness = new PrecisionCheck(context, model, stylization.stylizer()).figures(known.pending());
            }
        } finally {
            stylization.release();
        }
        Map<String, String> fingerprints = new LinkedHashMap<>();
        fingerprints.put("settings", settings);
        fingerprints.put("model", model.fingerprint());
        calibration.ifPresent(ranges -> fingerprints.put("calibration", ranges.fingerprint()));
        Map<String, Double> seconds = context.stages().seconds();
        Map<String, Double> figures = new LinkedHashMap<>(throughput.figures(
                seconds.getOrDefault("stylize", 0.0),
                context.sparkContext().defaultParallelism(),
                seconds.values().stream().mapToDouble(each -> each).sum(),
                context.settings().stylize().pricePerCoreHour()));
        figures.putAll(likeness);
        return new JobResult(new Counts(stylized, known.unchanged(), reasons), fingerprints, "", figures);
    }

    /** Refuses an output in which pictures would be stylized again, or would replace photos. */
    private Targets targets(JobContext context, Path from, Path to, List<SourceFile> listing) {
        try {
            FileSystem inputs = context.storage().fileSystem(from);
            boolean folder = inputs.getFileStatus(from).isDirectory();
            if (folder && isWithin(to, from)) {
                throw new UsageException("Invalid --output: " + output + " (it lies in --input " + input
                        + ", so its pictures would be stylized again by the next run)");
            }
            FileSystem outputs = context.storage().fileSystem(to);
            if (outputs.exists(to) && !outputs.getFileStatus(to).isDirectory()) {
                throw new UsageException("Invalid --output: " + output + " (it is a file; name a folder)");
            }
            Targets targets = new Targets(
                    folder ? from : from.getParent(),
                    to,
                    context.settings().stylize().format());
            Set<String> photos = listing.stream().map(SourceFile::path).collect(Collectors.toSet());
            for (SourceFile photo : listing) {
                if (photos.contains(targets.of(photo))) {
                    throw new UsageException("Invalid --output: " + output + " (the picture of " + photo.path()
                            + " would replace the photo " + targets.of(photo) + "; name another folder)");
                }
            }
            return targets;
        } catch (IOException e) {
            throw new UnreachableException("Cannot read --output " + output + ": " + e.getMessage(), e);
        }
    }

    private Model model(JobContext context) {
        Path folder = context.storage().qualified(modelFolder);
        try {
            return ModelFolder.read(new HadoopModelFiles(context.storage(), folder));
        } catch (IOException e) {
            throw JobContext.unreadableModel("--model", modelFolder, e);
        }
    }

    /** By which the model computes in 8-bit integers; empty where it does not. */
    private Optional<Calibration> calibration(JobContext context, Model model) {
        if (context.settings().stylize().precision() == Precision.FP32) {
            return Optional.empty();
        }
        Path folder = context.storage().qualified(modelFolder);
        try {
            Optional<Calibration> found = CalibrationFile.read(model, new HadoopModelFiles(context.storage(), folder));
            if (found.isEmpty()) {
                throw new UsageException("Invalid stylize.precision: int8 (model " + modelFolder
                        + " is not calibrated; run toonlake calibrate --model " + modelFolder + " --input PHOTOS)");
            }
            return found;
        } catch (IOException e) {
            throw JobContext.unreadableModel("--model", modelFolder, e);
        }
    }

    /** A photo is known where its row has this model, these settings and this target, and the picture still lies there, as long as it was. */
    private static KnownFiles known(
            JobContext context, List<SourceFile> listing, Path output, Targets targets, String model, String settings) {
        Lake lake = context.lake();
        List<Row> expected = listing.stream()
                .map(photo -> RowFactory.create(photo.path(), targets.of(photo)))
                .toList();
        Dataset<Row> accepted = lake.read(Table.STYLIZED)
                .filter(col("model_fingerprint")
                        .equalTo(model)
                        .and(col("settings_fingerprint").equalTo(settings)))
                .join(context.spark().createDataFrame(expected, EXPECTED), EdgeSmoothJob.columns("path", "output"))
                .join(present(context, output), EdgeSmoothJob.columns("output", "output_bytes"));
        Dataset<Row> refused = lake.read(Table.QUARANTINE)
                .filter(col("job")
                        .equalTo("stylize")
                        .and(col("settings_fingerprint").equalTo(settings)));
        return KnownFiles.of(context.spark(), listing, accepted, refused);
    }

    private static Dataset<Row> present(JobContext context, Path output) {
        List<Row> rows = new ArrayList<>();
        try {
            if (context.storage().fileSystem(output).exists(output)) {
                for (SourceFile file : new Listing(context.storage()).files(output, "--output")) {
                    rows.add(RowFactory.create(file.path(), file.sizeBytes()));
                }
            }
        } catch (IOException e) {
            throw new UnreachableException("Cannot read --output " + output + ": " + e.getMessage(), e);
        }
        StructType schema =
                new StructType().add("output", DataTypes.StringType).add("output_bytes", DataTypes.LongType);
        return context.spark().createDataFrame(rows, schema);
    }

    /** Records a batch whose pictures lie in the output already. Returns how many photos were refused, by reason. */
    private static Map<String, Long> commit(Lake lake, Dataset<Row> results) {
        Dataset<Row> stylized = results.filter(col("reason").isNull());
        Dataset<Row> refused = results.filter(col("reason").isNotNull());
        lake.upsert(Table.STYLIZED, stylized.withColumn("stylized", current_timestamp()));
        Map<String, Long> reasons = new TreeMap<>();
        refused.groupBy("reason").count().collectAsList().forEach(row -> reasons.put(row.getString(0), row.getLong(1)));
        if (!reasons.isEmpty()) {
            lake.upsert(
                    Table.QUARANTINE,
                    refused.withColumn("job", lit("stylize"))
                            .withColumn("collection", lit(""))
                            .withColumn("quarantined", current_timestamp()));
        }
        lake.delete(Table.QUARANTINE, stylized.select(lit("stylize").as("job"), lit("").as("collection"), col("path")));
        return reasons;
    }

    private static boolean isWithin(Path inner, Path outer) {
        return (inner + "/").startsWith(outer + "/");
    }
}
