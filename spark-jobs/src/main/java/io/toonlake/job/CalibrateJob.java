package io.toonlake.job;

import io.toonlake.device.Engine;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.Likeness;
import io.toonlake.image.PixelImage;
import io.toonlake.model.Calibration;
import io.toonlake.model.CalibrationFile;
import io.toonlake.model.Model;
import io.toonlake.model.ModelFiles;
import io.toonlake.storage.HadoopModelFiles;
import io.toonlake.storage.Listing;
import io.toonlake.storage.SourceFile;
import io.toonlake.stylize.CalibratingEngine;
import io.toonlake.stylize.OrtEngine;
import io.toonlake.stylize.Stylizer;
import io.toonlake.stylize.StylizingEngine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Looks at a model's activations on a few of the user's photos, so that stylize can compute in 8-bit integers. */
@Command(
        name = "calibrate",
        header = "Prepares a model for stylize.precision=int8, on some of your photos.",
        description = {
            "",
            "Stylizes some of the photos below --input, made smaller, on this machine, and writes between what values each channel lay to "
                    + "MODEL_DIR, with the network in 8-bit integers for other programs. A quarter as many other photos are then made in "
                    + "both precisions, to say how near they are.",
            "",
            "The photos are drawn by their names: the same folder gives the same calibration. What cannot be decoded is passed over.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  toonlake calibrate --model models/hayao --input ~/Pictures",
            "  toonlake stylize --model models/hayao --input ~/Pictures --output ~/Cartoons --set stylize.precision=int8"
        })
final class CalibrateJob extends Job {
    private static final Logger LOG = LoggerFactory.getLogger(CalibrateJob.class);

    /** Ranges of whole photos and of smaller ones are alike; the memory of all activations at once is not. */
    private static final int MAX_EDGE_PIXELS = 512;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "MODEL_DIR",
            description = "A folder that train or import-model wrote.")
    private String modelFolder;

    @Option(names = "--input", required = true, paramLabel = "URI", description = "Folder of photos.")
    private String input;

    @Option(
            names = "--photos",
            paramLabel = "N",
            defaultValue = "32",
            description = "How many photos to look at, 1 to 10,000. Default: ${DEFAULT-VALUE}.")
    private int photos;

    @Option(
            names = "--tables",
            paramLabel = "URI",
            description = "Where table runs is. Default: _toonlake in the model's folder.")
    private String tables;

    @Override
    String tables() {
        return tables == null ? new Path(modelFolder, "_toonlake").toString() : tables;
    }

    @Override
    JobResult execute(JobContext context) throws IOException {
        if (photos < 1 || photos > 10_000) {
            throw new UsageException("Invalid --photos: " + photos + " (must be between 1 and 10000)");
        }
        HadoopModelFiles files =
                new HadoopModelFiles(context.storage(), context.storage().qualified(modelFolder));
        Model model;
        try {
            model = ForeignModels.ours(files, "--model", modelFolder, "calibrate");
        } catch (IOException e) {
            throw JobContext.unreadableModel("--model", modelFolder, e);
        }
        List<PixelImage> drawn = drawn(context);
        if (drawn.size() < 2) {
            throw new UsageException("Invalid --input: " + input + " (" + drawn.size()
                    + " photos could be decoded; one to look at and another to compare are the least)");
        }
        int compared = heldOut(drawn.size());
        List<PixelImage> seen = drawn.subList(0, drawn.size() - compared);
        Calibration calibration =
                calibrated(context, model, seen, drawn.subList(drawn.size() - compared, drawn.size()));
        boolean unchanged = isThere(model, calibration, files);
        if (!unchanged) {
            CalibrationFile.write(model, calibration, files);
        }
        Calibration.HeldOut heldOut = calibration.heldOut();
        String message = String.format(
                Locale.ROOT,
                "%s: %s/%s (%d photos; int8 against fp32 on %d others: PSNR %.1f dB, at least %.1f dB, SSIM %.3f)",
                unchanged ? "calibration is there already" : "calibration written",
                files.location(),
                CalibrationFile.RECORD,
                calibration.photos(),
                heldOut.photos(),
                heldOut.psnr(),
                heldOut.leastPsnr(),
                heldOut.ssim());
        return new JobResult(
                unchanged ? Counts.of(0, drawn.size()) : Counts.of(drawn.size(), 0),
                Map.of("model", model.fingerprint(), "calibration", calibration.fingerprint()),
                message,
                Map.of("psnr", heldOut.psnr(), "leastPsnr", heldOut.leastPsnr(), "ssim", heldOut.ssim()));
    }

    /** Of so many photos, how many are for comparing only: a quarter of the others, one at least. */
    static int heldOut(int drawn) {
        return Math.max(1, drawn / 5);
    }

    /** As many photos as asked for and a quarter more, or all there are. */
    private List<PixelImage> drawn(JobContext context) {
        context.stages().begin("list");
        List<SourceFile> listing =
                new Listing(context.storage()).files(context.storage().canonical(input), "--input");
        context.stages().begin("read");
        DecodeLimits limits = context.settings().stylize().limits();
        SourceReader reader = new SourceReader(context.storage(), limits);
        int wanted = photos + Math.max(1, photos / 4);
        List<PixelImage> drawn = new ArrayList<>();
        for (SourceFile photo : PhotoSample.shuffled(listing)) {
            if (drawn.size() == wanted) {
                break;
            }
            try (SourceReader.Source source = reader.read(photo)) {
                drawn.add(source.decoded()
                        .image()
                        .within(edgePixels(context))
                        .withColorBeneath(context.settings().stylize().background()));
            } catch (ImageRefusedException e) {
                LOG.info("Passed over: {}", e.getMessage());
            }
        }
        return drawn;
    }

    private static int edgePixels(JobContext context) {
        int set = context.settings().stylize().maxEdgePixels();
        return set > 0 ? Math.min(set, MAX_EDGE_PIXELS) : MAX_EDGE_PIXELS;
    }

    private static Calibration calibrated(
            JobContext context, Model model, List<PixelImage> seen, List<PixelImage> others) {
        Engine.useCpuUnlessStarted();
        int set = context.settings().stylize().engineThreads();
        int threads = set > 0 ? set : context.sparkContext().defaultParallelism();
        try {
            context.stages().begin("calibrate");
            Calibration calibration;
            try (CalibratingEngine engine = new CalibratingEngine(model, threads)) {
                Stylizer stylizer = new Stylizer(engine);
                seen.forEach(stylizer::stylize);
                calibration = engine.calibration(edgePixels(context));
            }
            context.stages().begin("compare");
            try (StylizingEngine int8 = new OrtEngine(model, calibration, threads);
                    StylizingEngine fp32 = new OrtEngine(model, threads)) {
                return calibration.with(compared(new Stylizer(int8), new Stylizer(fp32), others));
            }
        } catch (LinkageError e) {
            throw new UsageException(
                    "Cannot calibrate: ONNX Runtime, which int8 needs, does not load here (" + e + ")");
        }
    }

    private static Calibration.HeldOut compared(Stylizer int8, Stylizer fp32, List<PixelImage> photos) {
        return Calibration.HeldOut.of(photos.stream()
                .map(photo -> Likeness.of(int8.stylize(photo), fp32.stylize(photo)))
                .toList());
    }

    private static boolean isThere(Model model, Calibration calibration, ModelFiles files) {
        try {
            Optional<Calibration> there = CalibrationFile.read(model, files);
            return there.isPresent()
                    && there.get().fingerprint().equals(calibration.fingerprint())
                    && there.get().photos() == calibration.photos()
                    && files.names().contains(CalibrationFile.ONNX);
        } catch (IOException e) {
            return false;
        }
    }
}
