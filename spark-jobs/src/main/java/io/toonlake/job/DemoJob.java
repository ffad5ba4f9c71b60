package io.toonlake.job;

import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.PixelImage;
import io.toonlake.scene.SyntheticScenes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs every stage on pictures drawn in code, through the same commands that users type. */
@Command(
        name = "demo",
        header = "Runs every stage in a few minutes on sample pictures that it draws itself.",
        description = {
            "",
            "Draws a small collection of photo-like and one of cartoon-like scenes, ingests both, smooths edges, trains a small "
                    + "generator, stylizes photos that training never saw, and writes a report. Each stage is the command of the "
                    + "same name, printed as it starts, so that it can be typed with other folders.",
            "",
            "The result shows that the pipeline works, not what CartoonGAN can do: minutes of training on a few dozen drawn scenes.",
            ""
        },
        footer = {"", "Example:", "  toonlake demo --output toonlake-demo"})
final class DemoJob extends Job {
    private static final int PHOTOS = 60;
    private static final int CARTOONS = 40;
    private static final int WIDTH = 384;
    private static final int HEIGHT = 288;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "toonlake-demo",
            description = "Local folder for everything the demo makes. Default: ${DEFAULT-VALUE}")
    private Path output;

    @Override
    String tables() {
        return at("tables");
    }

    @Override
    JobResult execute(JobContext context) throws IOException {
        Path settings = output.resolve("demo.conf");
        try (InputStream preset = DemoJob.class.getResourceAsStream("/io/toonlake/conf/demo.conf")) {
            Files.createDirectories(output);
            Files.write(settings, preset.readAllBytes());
        }
        drawPhotos();
        drawCartoons();
        String lake = at("tables");
        stage(
                "ingest",
                "--domain",
                "photo",
                "--collection",
                "sample-photos",
                "--input",
                at("photos"),
                "--tables",
                lake);
        stage(
                "ingest",
                "--domain",
                "cartoon",
                "--collection",
                "sample-cartoons",
                "--input",
                at("cartoons"),
                "--tables",
                lake);
        stage("edge-smooth", "--tables", lake, "--collection", "sample-cartoons");
        stage(
                "train",
                "--tables",
                lake,
                "--photos",
                "sample-photos",
                "--cartoons",
                "sample-cartoons",
                "--output",
                at("model"));
        stage(
                "stylize",
                "--model",
                at("model"),
                "--input",
                at("new-photos"),
                "--output",
                at("cartoonized"),
                "--tables",
                lake);
        String report = output.resolve("report.html").toString();
        stage("report", "--tables", lake, "--output", report, "--title", "Toonlake demo", "--note", NOTE);
        return new JobResult(
                Counts.of(STAGES, 0),
                java.util.Map.of(),
                "Open " + output.resolve("report.html").toAbsolutePath());
    }

    private static final int STAGES = 6;

    private static final String NOTE =
            "This is the demo. Its photos and cartoons are drawn by a program, its generator is a small one, "
                    + "trained for a minute or two, and its content loss looks at them through seeded random features in place of VGG19. The "
                    + "pictures show that every stage works on this machine; they do not show what CartoonGAN can do. For that, import "
                    + "published weights (toonlake import-model) or train on real photos and frames.";

    private String at(String folder) {
        return output.resolve(folder).toString();
    }

    /** A stage is the command itself, with the demo's settings under the user's own. */
    private void stage(String job, String... arguments) {
        List<String> command = new ArrayList<>(List.of(job));
        command.addAll(Arrays.asList(arguments));
        command.add("--config");
        command.add(output.resolve("demo.conf").toString());
        common().configs().forEach(file -> command.addAll(List.of("--config", file.toString())));
        common().assignments().forEach(assignment -> command.addAll(List.of("--set", assignment)));
        System.out.println();
        System.out.println("$ toonlake " + command.stream().map(DemoJob::quoted).collect(Collectors.joining(" ")));
        int code = Main.run(command.toArray(String[]::new));
        if (code != 0) {
            throw new StageFailedException(
                    "The demo stopped: " + job + " ended with exit code " + code, ExitCode.of(code));
        }
    }

    /** As a shell would take it. */
    private static String quoted(String argument) {
        return argument.matches("[\\w@%+=:,./-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }

    /** The last ones go to a folder of their own: training never sees them. One is cut short, to show the quarantine. */
    private void drawPhotos() throws IOException {
        ImageEncoder encoder = new ImageEncoder();
        Path known = Files.createDirectories(output.resolve("photos"));
        Path fresh = Files.createDirectories(output.resolve("new-photos"));
        int held = 8;
        for (int i = 0; i < PHOTOS; i++) {
            PixelImage photo = SyntheticScenes.photo(i, WIDTH, HEIGHT);
            Path folder = i < PHOTOS - held ? known : fresh;
            write(folder.resolve(String.format("photo-%02d.jpg", i)), encoder.encode(photo, ImageFormat.JPEG, 92));
        }
        byte[] whole = encoder.encode(SyntheticScenes.photo(PHOTOS, WIDTH, HEIGHT), ImageFormat.JPEG, 92);
        write(known.resolve("damaged-on-purpose.jpg"), Arrays.copyOf(whole, whole.length / 2));
    }

    private void drawCartoons() throws IOException {
        ImageEncoder encoder = new ImageEncoder();
        Path folder = Files.createDirectories(output.resolve("cartoons"));
        for (int i = 0; i < CARTOONS; i++) {
            // Other seeds than the photos': the two collections show different scenes, as real ones do.
            PixelImage cartoon = SyntheticScenes.cartoon(1000 + i, WIDTH, HEIGHT);
            write(folder.resolve(String.format("cartoon-%02d.png", i)), encoder.encode(cartoon, ImageFormat.PNG, 100));
        }
    }

    /** Leaves a file alone that is there with the same bytes, so that a second demo finds nothing changed. */
    private static void write(Path file, byte[] bytes) throws IOException {
        if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), bytes)) {
            Files.write(file, bytes);
        }
    }
}
