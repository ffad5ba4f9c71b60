package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;

import io.toonlake.config.Fingerprint;
import io.toonlake.config.OutputLayout;
import io.toonlake.model.Calibration;
import io.toonlake.model.CalibrationFile;
import io.toonlake.model.Model;
import io.toonlake.model.ModelFolder;
import io.toonlake.model.StylizingModel;
import io.toonlake.storage.HadoopModelFiles;
import io.toonlake.storage.Lease;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.stylize.Precision;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
            "Photos are those below a folder, or those that a list, a collection of table images or an S3 Inventory names, less what "
                    + "--include, --exclude and the other filters pass over. Where photos are named, --input-root says what their "
                    + "folders are counted from.",
            "",
            "Millions of small pictures are listed and read faster from a few large files: with --set stylize.output.layout=webdataset they are "
                    + "samples in tar files, with parquet rows, of stylize.output.shard-size each. Table stylized says which file has which picture.",
            "",
            "Run again, it stylizes what is new, what has changed, and what another model or other settings made. Pictures of photos that "
                    + "are gone stay, unless --prune is given; --dry-run says what there is to do. While it runs, no other run writes to the same output.",
            "",
            "Names that begin with a dot, and those that Spark, Delta and Toonlake give (_SUCCESS, _temporary, _delta_log, _toonlake and their like), are "
                    + "no photos, nor are folders of such names looked into.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  toonlake stylize --model models/hayao --input ~/Pictures --output ~/Cartoons",
            "  toonlake stylize --model s3a://lake/models/hayao --input s3a://lake/photos --output s3a://lake/cartoons \\",
            "      --set stylize.format=webp",
            "  toonlake stylize --model models/hayao --input s3a://lake/photos --output s3a://lake/cartoons \\",
            "      --set stylize.output.layout=webdataset",
            "  toonlake stylize --model models/hayao --inventory s3a://inventories/photos/daily/2026-11-25T01-00Z/manifest.json \\",
            "      --output s3a://lake/cartoons --include '*.jpg' --min-bytes 20000"
        })
final class StylizeJob extends Job {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "MODEL_DIR",
            description = "A folder that train or import-model wrote.")
    private String modelFolder;

    @Mixin
    private InputOptions input;

    @Mixin
    private SelectionOptions selection;

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

    @Option(
            names = "--prune",
            description =
                    "Before stylizing, delete the pictures whose photos are gone from the input, and their rows: those of photos below "
                            + "--input, or below --input-root beside --collection or --inventory. Photos that filters pass over are not gone. "
                            + "More than stylize.max-pruned-fraction of the pictures are never deleted.")
    private boolean prune;

    @Option(
            names = "--dry-run",
            description =
                    "Only says how many photos would be stylized, and why, and how many pictures pruned. Writes nothing but --summary.")
    private boolean dryRun;

    @Override
    boolean isRecorded() {
        return !dryRun;
    }

    @Override
    String tables() {
        return tables == null ? output + "/_toonlake" : tables;
    }

    @Override
    JobResult execute(JobContext context) {
        context.stages().begin("list");
        input.check();
        selection.check();
        Rates.check(context.settings().stylize(), context.sparkContext().getConf());
        OutputLayout layout = context.settings().stylize().layout();
        if (prune && layout.isPacked()) {
            throw new UsageException(
                    "Invalid --prune: it does not go with stylize.output.layout = " + layout.code()
                            + " (pictures in shards cannot be deleted one by one; table stylized says which photos they are of)");
        }
        Path to = context.storage().canonical(output);
        Path from = input.folder() == null ? null : context.storage().canonical(input.folder());
        Targets targets = targets(context, from, to);
        ListedFiles listed = from == null ? input.named(context, tables) : ListedFiles.below(context, from, "--input");
        Path whole = prune ? input.whole(context, from != null && isFolder(context, from) ? from : null) : null;
        if (prune && from != null) {
            listed = listed.kept();
        }
        ListedFiles photos = new ListedFiles(targets.added(selection.marked(listed.rows(), targets)), listed.small());
        if (from == null) {
            checkPlaces(photos.rows(), input.root(context));
        }
        if (from == null || Targets.isWithin(from, to)) {
            checkNoPhotoIsReplaced(photos.rows(), to);
        }
        context.stages().begin("compare");
        StylizingModel model = model(context);
        Optional<Calibration> calibration = calibration(context, model);
        SettingsFingerprints settings = SettingsFingerprints.of(context.settings(), calibration);
        Pruning pruning = new Pruning(context, photos, to, whole, input.listed(), !input.isCollection());
        try {
            return dryRun
                    ? wouldStylize(context, photos, to, targets, model, settings, pruning)
                    : stylized(context, photos, from, to, targets, model, calibration, settings, pruning);
        } finally {
            listed.rows().unpersist();
        }
    }

    private JobResult stylized(
            JobContext context,
            ListedFiles photos,
            Path from,
            Path to,
            Targets targets,
            StylizingModel model,
            Optional<Calibration> calibration,
            SettingsFingerprints settings,
            Pruning pruning) {
        try (Lease lease = Lease.take(
                context.storage(),
                to,
                context.runId(),
                "stylize",
                Duration.ofSeconds(context.settings().stylize().leaseSeconds()))) {
            lease.deleteLeftovers();
            long pruned = 0;
            if (prune) {
                context.stages().begin("prune");
                pruned = pruning.run(lease);
                context.stages().begin("compare");
            }
            Optional<Packing> packing = Packing.of(context, to, model);
            packing.ifPresent(Packing::recover);
            Optional<String> scope =
                    input.scope(context, from).map(where -> Fingerprint.of(to.toString(), where, selection.scope()));
            Map<String, String> looked = new LinkedHashMap<>();
            scope.ifPresent(of -> looked.put(GoodRuns.SCOPE, of));
            scope.ifPresent(of -> looked.put(
                    GoodRuns.HORIZON, selection.horizon(input.listed()).toString()));
            GoodRuns good =
                    scope.map(of -> GoodRuns.of(context.lake(), "stylize", of)).orElse(GoodRuns.NONE);
            // A signal while photos are compared ends the JVM as ever: nothing is there to finish.
            try (Worklist work =
                            Worklist.of(context, photos, to, targets, model.fingerprint(), settings, packing, good);
                    StylizeRun run = new StylizeRun(
                            context, model, calibration, settings, looked, selection.sizes(), lease, packing)) {
                return run.of(work, pruned);
            }
        }
    }

    private JobResult wouldStylize(
            JobContext context,
            ListedFiles photos,
            Path to,
            Targets targets,
            StylizingModel model,
            SettingsFingerprints settings,
            Pruning pruning) {
        try (Worklist work = Worklist.of(
                context,
                photos,
                to,
                targets,
                model.fingerprint(),
                settings,
                Packing.of(context, to, model),
                GoodRuns.NONE)) {
            Worklist.Why why = work.why();
            String said = String.format(
                    "Would stylize %,d photos: %,d have no picture, %,d have changed, %,d are to be made again (another model, other settings, or the "
                            + "picture is not there as it was made)",
                    work.pending(), why.fresh(), why.changed(), why.again());
            if (prune) {
                said += "; " + pruning.would();
            }
            Map<String, Long> filtered = new TreeMap<>();
            filtered.put("dry-run", work.pending());
            filtered.put("selection", work.filtered());
            filtered.values().removeIf(none -> none == 0);
            Counts counts =
                    new Counts(0, work.unchanged(), work.quarantined(), work.pending() + work.filtered(), 0, filtered);
            return new JobResult(counts, Map.of(), said);
        }
    }

    /** Refuses an output in which pictures would be stylized again. */
    private Targets targets(JobContext context, Path from, Path to) {
        boolean folder = from != null && isFolder(context, from);
        if (folder && Targets.isWithin(to, from)) {
            throw new UsageException("Invalid --output: " + output + " (it lies in --input " + input.folder()
                    + ", so its pictures would be stylized again by the next run)");
        }
        try {
            FileSystem outputs = context.storage().fileSystem(to);
            if (outputs.exists(to) && !outputs.getFileStatus(to).isDirectory()) {
                throw new UsageException("Invalid --output: " + output + " (it is a file; name a folder)");
            }
            Path root = from == null ? input.root(context) : folder ? from : from.getParent();
            return new Targets(root, to, context.settings().stylize().format());
        } catch (IOException e) {
            throw new UnreachableException("Cannot read --output " + output + ": " + Storage.reason(e), e);
        }
    }

    private static boolean isFolder(JobContext context, Path from) {
        try {
            FileSystem inputs = context.storage().fileSystem(from);
            return inputs.exists(from) && inputs.getFileStatus(from).isDirectory();
        } catch (IOException e) {
            throw new UnreachableException("Cannot read --input " + Storage.shown(from) + ": " + Storage.reason(e), e);
        }
    }

    /** Refuses photos that have no place in the output, or the same one as another; in a folder there are none such. */
    private void checkPlaces(Dataset<Row> photos, Path root) {
        Dataset<Row> selected = photos.filter(not(col("filtered")));
        if (root != null) {
            first(selected.filter(not(col("path").startsWith(Targets.within(root))))
                            .select("path"))
                    .ifPresent(elsewhere -> {
                        throw new UsageException("Invalid --input-root: " + root + " (photo " + elsewhere.getString(0)
                                + " does not lie below it; name a folder above all photos)");
                    });
        }
        first(selected.groupBy("output")
                        .agg(min("path"), max("path"), count(lit(1)).as("photos"))
                        .filter("photos > 1"))
                .ifPresent(two -> {
                    throw new UsageException("Invalid input: " + two.getString(1) + " and " + two.getString(2)
                            + " would have the same picture, " + two.getString(0) + " (stylize them to two outputs)");
                });
    }

    /** Refuses an output in which a picture would replace a photo, as it may where photos lie in the output. */
    private void checkNoPhotoIsReplaced(Dataset<Row> photos, Path to) {
        first(photos.select("path")
                        .filter(col("path").startsWith(Targets.within(to)))
                        .withColumnRenamed("path", "replaced")
                        .join(
                                photos.filter(not(col("filtered"))),
                                col("replaced").equalTo(col("output")))
                        .select("path", "replaced"))
                .ifPresent(collision -> {
                    throw new UsageException("Invalid --output: " + output + " (the picture of "
                            + collision.getString(0) + " would replace the photo " + collision.getString(1)
                            + "; name another folder)");
                });
    }

    private static Optional<Row> first(Dataset<Row> rows) {
        return rows.limit(1).collectAsList().stream().findFirst();
    }

    private StylizingModel model(JobContext context) {
        Path folder = context.storage().qualified(modelFolder);
        try {
            StylizingModel model = ModelFolder.readAny(new HadoopModelFiles(context.storage(), folder));
            ForeignModels.check(model, modelFolder, context.settings().stylize());
            return model;
        } catch (IOException e) {
            throw JobContext.unreadableModel("--model", modelFolder, e);
        }
    }

    /** By which the model computes in 8-bit integers; empty where it does not. */
    private Optional<Calibration> calibration(JobContext context, StylizingModel model) {
        if (context.settings().stylize().precision() != Precision.INT8 || !(model instanceof Model ours)) {
            return Optional.empty();
        }
        Path folder = context.storage().qualified(modelFolder);
        try {
            Optional<Calibration> found = CalibrationFile.read(ours, new HadoopModelFiles(context.storage(), folder));
            if (found.isEmpty()) {
                throw new UsageException("Invalid stylize.precision: int8 (model " + modelFolder
                        + " is not calibrated; run toonlake calibrate --model " + modelFolder + " --input PHOTOS)");
            }
            return found;
        } catch (IOException e) {
            throw JobContext.unreadableModel("--model", modelFolder, e);
        }
    }
}
