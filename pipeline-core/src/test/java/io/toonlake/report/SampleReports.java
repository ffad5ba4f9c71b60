package io.toonlake.report;

import io.toonlake.edge.EdgeSettings;
import io.toonlake.edge.EdgeSmoother;
import io.toonlake.image.PixelImage;
import io.toonlake.scene.SyntheticScenes;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** Reports to test with; {@link #main} writes them to a folder, to be looked at in a browser. */
final class SampleReports {

    static final String HOSTILE_PATH = "photos/<script>alert(1)</script>\"'&\u202Egnp.jpg";
    static final String HOSTILE_MESSAGE = "Cannot decode </script><img src=x onerror=alert(2)> \u0000 {{script}} $1";

    private SampleReports() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        ReportWriter writer = new ReportWriter();
        Files.writeString(folder.resolve("full.html"), writer.html(full(384, 288)), StandardCharsets.UTF_8);
        Files.writeString(folder.resolve("full.json"), writer.json(full(64, 48)), StandardCharsets.UTF_8);
        Files.writeString(folder.resolve("empty.html"), writer.html(empty()), StandardCharsets.UTF_8);
    }

    static ReportData empty() {
        return new ReportData(
                "An empty lake",
                "file:/lake",
                Instant.EPOCH,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                List.of(),
                List.of(),
                List.of());
    }

    static ReportData full(int width, int height) {
        return new ReportData(
                "Toonlake demo",
                "file:/home/someone/toonlake-demo/tables",
                Instant.parse("2026-03-01T04:05:06Z"),
                List.of(
                        "This is a demo model: a narrow generator trained for minutes on pictures drawn in code, with a"
                                + " content loss on random features. It shows that every stage works, not what CartoonGAN can do."),
                List.of(
                        new CollectionCounts("photo", "flickr", 1_060, 41, 103, 954, 106, 4_120, 0),
                        new CollectionCounts("cartoon", "hayao", 40, 2, 1, 36, 4, 160, 144)),
                List.of(audit("flickr", "photo", width, height), audit("hayao", "cartoon", width, height)),
                List.of(new StylizedCount("demo model", 106)),
                pairs(4, width, height),
                edges(2, width, height),
                List.of(new TrainingCurve(
                        "train-20260301-040102",
                        "flickr → hayao",
                        "random features, seed 1",
                        rounds(20, 70),
                        course(width, height))),
                Map.of("truncated", 61L, "not-an-image", 30L, "too-many-pixels", 9L, "empty", 4L),
                quarantine(104),
                List.of(new ModelSummary(
                        "file:/home/someone/toonlake-demo/model",
                        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                        "width 16, 4 residual blocks, zero padding, norm epsilon 1.0E-5",
                        Map.of("licence", "of its training pictures"),
                        List.of("random-feature content loss"))),
                List.of(run("report", "done"), run("stylize", "done"), run("train", "failed"), run("ingest", "done")));
    }

    private static CollectionAudit audit(String name, String domain, int width, int height) {
        List<Histogram> histograms = List.of(
                new Histogram(
                        "Shorter side, pixels",
                        List.of(
                                new Histogram.Bar("below 256", 0),
                                new Histogram.Bar("256 to 511", 260),
                                new Histogram.Bar("512 or more", 800))),
                new Histogram(
                        "Licence",
                        List.of(new Histogram.Bar("CC BY <2.0>", 300), new Histogram.Bar("CC BY-SA 2.0", 100))));
        List<Picture> sheet = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            PixelImage scene = domain.equals("photo")
                    ? SyntheticScenes.photo(i, width, height)
                    : SyntheticScenes.cartoon(i, width, height);
            PixelImage sample = scene.resize(width / 4, height / 4);
            sheet.add(picture(sample));
        }
        return new CollectionAudit(
                name, domain, 400, 118.2, 51.6, histograms, sheet, List.of(new Histogram.Bar(HOSTILE_PATH, 17)));
    }

    static List<QuarantinedImage> quarantine(int size) {
        List<QuarantinedImage> images = new ArrayList<>();
        images.add(new QuarantinedImage("ingest", "flickr", HOSTILE_PATH, "truncated", HOSTILE_MESSAGE));
        for (int i = 1; i < size; i++) {
            String path = "photos/2026/" + String.format("%04d", i) + ".jpg";
            String message = "Cannot decode " + path + ": data ends at byte " + (i * 977) + " of 88310";
            images.add(new QuarantinedImage("ingest", "flickr", path, "truncated", message));
        }
        return images;
    }

    private static List<TrainingCurve.SamplePictures> course(int width, int height) {
        Picture picture = edges(1, width, height).get(0).views().get(0).picture();
        return List.of(
                new TrainingCurve.SamplePictures(0, Map.of("0a1b2c3d, test split, sample 0", picture)),
                new TrainingCurve.SamplePictures(90, Map.of("0a1b2c3d, test split, sample 0", picture)));
    }

    static List<TrainingCurve.Round> rounds(int initialization, int adversarial) {
        List<TrainingCurve.Round> rounds = new ArrayList<>();
        for (int i = 1; i <= initialization + adversarial; i++) {
            boolean first = i <= initialization;
            double wave = 0.06 * Math.sin(1.7 * i) + 0.03 * Math.sin(4.1 * i);
            double nothing = Double.NaN;
            double content = first ? 1.1 + 0.9 * Math.exp(-i / 6.0) + wave : 1.3 - 0.002 * i + wave;
            rounds.add(new TrainingCurve.Round(
                    i,
                    first ? "initialization" : "adversarial",
                    8L * i,
                    content,
                    first ? 0.02 : 0.01,
                    first ? 0.12 : 0.08,
                    first ? nothing : 2.0 - 0.01 * (i - initialization) + wave,
                    first ? nothing : 0.65 - 0.002 * (i - initialization) + wave / 2,
                    first ? nothing : 0.72 - 0.001 * (i - initialization) - wave / 2,
                    first ? nothing : 0.5 + wave,
                    0.08,
                    (first ? 1.1 : 1.9) + wave,
                    0.05,
                    first ? 2e-4 : 1e-5,
                    first ? nothing : 5e-6,
                    first ? List.of() : List.of(4.5, 3.5 + wave)));
        }
        return rounds;
    }

    private static RunSummary run(String job, String outcome) {
        Map<String, Long> counts = new LinkedHashMap<>();
        counts.put("read", 1_204L);
        counts.put("done", 1_060L);
        counts.put("unchanged", 41L);
        counts.put("quarantined", 103L);
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("edge.canny-low", "100");
        settings.put("edge.canny-high", "200");
        settings.put("train.local-steps-per-round", "8");
        settings.put("ingest.input", HOSTILE_PATH);
        return new RunSummary(
                job + "-20260301-040102",
                job,
                outcome,
                Instant.parse("2026-03-01T04:01:02Z"),
                83.4,
                counts,
                settings,
                Map.of("settings", EdgeSettings.DEFAULT.fingerprint()),
                job.equals("stylize") ? Map.of("psnr", 36.4517, "cores", 2.0) : Map.of());
    }

    private static List<Comparison> pairs(int size, int width, int height) {
        EdgeSmoother blur = new EdgeSmoother(new EdgeSettings(0, 1, 99, 9));
        List<Comparison> pairs = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            PixelImage photo = SyntheticScenes.photo(i + 1, width, height);
            pairs.add(Comparison.of(
                    "photo-" + i + ".jpg", "photo", picture(photo), "demo model", picture(blur.smooth(photo))));
        }
        return pairs;
    }

    private static List<Comparison> edges(int size, int width, int height) {
        EdgeSmoother smoother = new EdgeSmoother(EdgeSettings.DEFAULT);
        List<Comparison> pairs = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            PixelImage cartoon = SyntheticScenes.cartoon(i, width, height);
            pairs.add(Comparison.of(
                    "cartoon-" + i + ".png, sample 0",
                    "cartoon",
                    picture(cartoon),
                    "edge-smoothed",
                    picture(smoother.smooth(cartoon))));
        }
        return pairs;
    }

    private static Picture picture(PixelImage image) {
        BufferedImage copy = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_3BYTE_BGR);
        byte[] pixels = ((DataBufferByte) copy.getRaster().getDataBuffer()).getData();
        System.arraycopy(image.pixels(), 0, pixels, 0, pixels.length);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            ImageIO.write(copy, "png", file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Picture("image/png", file.toByteArray(), image.width(), image.height());
    }
}
