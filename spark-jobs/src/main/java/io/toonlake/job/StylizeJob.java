package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;

import io.toonlake.config.Fingerprint;
import io.toonlake.config.OutputLayout;
import io.toonlake.config.Settings;
import io.toonlake.config.StylizeSettings;
import io.toonlake.model.Calibration;
import io.toonlake.model.CalibrationFile;
import io.toonlake.model.Model;
import io.toonlake.model.ModelFolder;
import io.toonlake.model.OnnxGenerator;
import io.toonlake.model.StylizingModel;
import io.toonlake.storage.HadoopModelFiles;
import io.toonlake.storage.Lease;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.stylize.DeviceChoice;
import io.toonlake.stylize.Precision;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
                    + "are gone stay, unless --prune is given. While it runs, no other run writes to the same output.",
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
    private static final Logger LOG = LoggerFactory.getLogger(StylizeJob.class);

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

    @Override
    String tables() {
        return tables == null ? output + "/_toonlake" : tables;
    }

    @Override
    JobResult execute(JobContext context) {
        context.stages().begin("list");
        input.check();
        selection.check();
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
                pruned = new Pruning(context, photos, to, whole, input.listed()).run(lease);
                context.stages().begin("compare");
            }
            Optional<Packing> packing = Packing.of(context, to, model);
            packing.ifPresent(Packing::recover);
            return stylized(context, to, photos, targets, model, calibration, lease, pruned, packing);
        } finally {
            listed.rows().unpersist();
        }
    }

    @SuppressWarnings("try") // the progress line lives as long as its block
    private JobResult stylized(
            JobContext context,
            Path to,
            ListedFiles photos,
            Targets targets,
            StylizingModel model,
            Optional<Calibration> calibration,
            Lease lease,
            long pruned,
            Optional<Packing> packing) {
        String settings = fingerprint(context.settings(), calibration);
        LongAccumulator done = context.sparkContext().sc().longAccumulator("stylized");
        Gate gate = Gate.of(context.runId());
        StopSignal stop = StopSignal.heed(
                gate,
                Duration.ofSeconds(context.settings().stylize().stopGraceSeconds()),
                () -> context.spark().sparkContext().cancelJobGroup(context.runId()));
        Throughput throughput = new Throughput();
        Map<String, Double> likeness = Map.of();
        Set<String> told = new LinkedHashSet<>();
        long stylized = 0;
        UnreachableException cut = null;
        try (Worklist work = Worklist.of(context, photos, to, targets, model.fingerprint(), settings, packing)) {
            Map<String, Long> reasons = new TreeMap<>(work.quarantined());
            long left = work.pending();
            if (left > 0) {
                Iterator<List<Photo>> batches =
                        work.batches(context.settings().stylize().imagesPerCommit());
                StylizingDevice device = StylizingDevice.of(
                        context.sparkContext(), context.settings().stylize());
                beforeFirst(context, device, model, told);
                Stylization stylization = new Stylization(
                        context, model, calibration, device, settings, selection.minSidePixels(), done, stop, packing);
                List<SourceFile> toCheck = List.of();
                try (Progress progress = context.progress("stylize", "photos", left, done::value)) {
                    for (int number = 1; !gate.isShut() && batches.hasNext(); number++) {
                        context.describe(String.format("stylize, batch %,d", number));
                        List<Photo> batch = batches.next();
                        context.stages().begin("stylize");
                        List<Row> results = stylization.results(batch);
                        tell(device.remarks(), told);
                        context.stages().begin("commit");
                        Map<String, Long> refused =
                                committed(context, batch, results, lease, stylization.fault(), packing);
                        throughput.add(results);
                        refused.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
                        refused.forEach((reason, count) -> context.metrics().quarantined(reason, count));
                        stylized += results.size() - Counts.sum(refused);
                        left -= results.size();
                        if (context.settings().stylize().precision() != Precision.FP32) {
                            toCheck = PhotoSample.drawn(
                                    toCheck, batch, context.settings().stylize().precisionCheckPhotos());
                        }
                        if (stylization.fault().isPresent()) {
                            throw new UnreachableException(stylization.fault().get());
                        }
                    }
                    if (context.settings().stylize().precision() != Precision.FP32 && !gate.isShut()) {
                        context.stages().begin("check");
                        likeness = new PrecisionCheck(context, model, stylization.stylizer()).figures(toCheck);
                    }
                } catch (UnreachableException e) {
                    cut = e;
                } finally {
                    stylization.release();
                }
            }
            Long small = reasons.remove(Worklist.FILTERED);
            long filtered = work.filtered() + (small == null ? 0 : small);
            Map<String, String> fingerprints = new LinkedHashMap<>();
            fingerprints.put("settings", settings);
            fingerprints.put("model", model.fingerprint());
            calibration.ifPresent(ranges -> fingerprints.put("calibration", ranges.fingerprint()));
            Map<String, Double> seconds = context.stages().seconds();
            Map<String, Double> figures = new LinkedHashMap<>(throughput.figures(
                    seconds.getOrDefault("stylize", 0.0) + seconds.getOrDefault("pack", 0.0),
                    context.sparkContext().defaultParallelism(),
                    seconds.values().stream().mapToDouble(each -> each).sum(),
                    context.settings().stylize().pricePerCoreHour()));
            figures.putAll(likeness);
            JobResult result = new JobResult(
                    new Counts(stylized, work.unchanged(), reasons, filtered, pruned),
                    fingerprints,
                    String.join("; ", told),
                    figures);
            if (cut != null) {
                throw new CutShortException(cut, result);
            }
            if (left != 0 && !stop.isRequested()) {
                throw new IllegalStateException(
                        "Cannot account for all photos: of %,d that were to do %,d have an outcome"
                                .formatted(work.pending(), work.pending() - left));
            }
            if (left > 0) {
                throw new StoppedException(
                        "Stopped by SIGTERM with %,d photos to go. What is done is committed; run again to go on."
                                .formatted(left),
                        result);
            }
            return result;
        } finally {
            stop.close();
            Gate.forget(context.runId());
        }
    }

    /**
     * Looks what the pictures will be made on, and says it where that is not what was wanted.
     *
     * @throws UsageException where the precision asked for cannot be had there
     */
    private static void beforeFirst(
            JobContext context, StylizingDevice device, StylizingModel model, Set<String> told) {
        StylizeSettings settings = context.settings().stylize();
        Optional<String> problem =
                settings.device() == DeviceChoice.CPU ? Optional.empty() : device.problem(context.sparkContext());
        if (settings.precision() == Precision.FP16) {
            problem.ifPresent(why -> {
                throw new UsageException("Invalid stylize.precision: fp16 (half precision is computed on GPUs, and "
                        + "pictures would be made on the CPU: " + why
                        + "; use fp32, or int8 after toonlake calibrate)");
            });
            checkHalf(model);
        }
        tell(device.remarks(), told);
    }

    private static void checkHalf(StylizingModel model) {
        try {
            OnnxGenerator.half((Model) model);
        } catch (IllegalArgumentException e) {
            throw new UsageException("Invalid stylize.precision: fp16 (the model does not go with it: " + e.getMessage()
                    + "; use fp32)");
        }
    }

    /** Once a run, and not once a task. */
    private static void tell(Set<String> remarks, Set<String> told) {
        for (String remark : remarks) {
            if (told.add(remark)) {
                LOG.warn(remark);
            }
        }
    }

    /** Of what makes the pictures and where they are. What files in single precision there were before there was a choice stay as they are. */
    private static String fingerprint(Settings settings, Optional<Calibration> calibration) {
        String asked = fingerprint(settings);
        String made = calibration
                .map(ranges -> Fingerprint.of(asked, Precision.INT8.code(), ranges.fingerprint()))
                .orElse(
                        settings.stylize().precision() == Precision.FP16
                                ? Fingerprint.of(asked, Precision.FP16.code())
                                : asked);
        OutputLayout layout = settings.stylize().layout();
        return layout.isPacked() ? Fingerprint.of(made, layout.code()) : made;
    }

    /**
     * Of the settings that make a picture. The device is none of them: what it makes differs by rounding, and no night is to do the last one's
     * work again.
     */
    static String fingerprint(Settings settings) {
        return settings.fingerprint(
                "stylize.format",
                "stylize.quality",
                "stylize.max-edge-pixels",
                "stylize.keep-colors",
                "stylize.strength",
                "stylize.background",
                "stylize.metadata",
                "stylize.limits",
                "stylize.engine",
                "stylize.engine-memory");
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

    /** Commits a batch, also one that a store cut short. */
    private static Map<String, Long> committed(
            JobContext context,
            List<Photo> batch,
            List<Row> results,
            Lease lease,
            Optional<String> fault,
            Optional<Packing> packing) {
        Map<String, Long> refused = Map.of();
        try {
            if (!results.isEmpty()) {
                lease.check();
                List<Row> rows = results;
                if (packing.isPresent()) {
                    rows = packing.get().published(batch, results);
                    lease.check();
                }
                refused = new StylizeCommit(context).write(batch, rows);
                packing.ifPresent(Packing::settle);
            }
        } catch (UnreachableException e) {
            // Of two stores out of reach, or one met twice, the first is what to look at.
            throw fault.isPresent() ? new UnreachableException(fault.get(), e) : e;
        }
        return refused;
    }
}
