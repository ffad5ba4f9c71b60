package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.storage.Storage;
import io.toonlake.testing.Bucket;
import io.toonlake.testing.S3Extension;
import io.toonlake.testing.S3Server;
import io.toonlake.testing.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith({SparkExtension.class, S3Extension.class})
class DoctorJobTest {
    private final SparkSession spark;
    private final S3Server server;

    @TempDir
    private Path folder;

    DoctorJobTest(SparkSession spark, S3Server server) {
        this.spark = spark;
        this.server = server;
    }

    /** What doctor prints, and its exit code at the end. */
    private static List<String> doctor(String... options) {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        int code;
        try {
            code = Main.run(
                    Stream.concat(Stream.of("doctor"), Stream.of(options)).toArray(String[]::new));
        } finally {
            System.setOut(before);
        }
        return Stream.concat(printed.toString(StandardCharsets.UTF_8).lines(), Stream.of("exit code " + code))
                .toList();
    }

    private static String line(List<String> printed, String what) {
        return printed.stream().filter(line -> line.contains(what)).findFirst().orElseThrow();
    }

    @Test
    void aMachineOnWhichTestsRunIsWell() throws IOException {
        Files.createDirectories(folder.resolve("photos/deep"));
        Files.writeString(folder.resolve("photos/deep/a.txt"), "a");
        List<String> printed = doctor(
                "--input",
                folder.resolve("photos").toString(),
                "--output",
                folder.resolve("new/cartoons").toString());
        assertThat(printed).endsWith("Nothing is wrong.", "exit code 0");
        for (String what : List.of(
                "Java", "memory", "natives' cache", "ONNX Runtime", "ND4J", "OpenCV", "FFmpeg", "settings", "Spark")) {
            assertThat(line(printed, what)).startsWith("ok");
        }
        assertThat(line(printed, "photos")).startsWith("ok").endsWith("listed and read (a.txt)");
        assertThat(line(printed, "cartoons")).startsWith("ok").endsWith("written, read and deleted");
        try (Stream<Path> left = Files.list(folder.resolve("new/cartoons"))) {
            assertThat(left).isEmpty();
        }
        assertThat(spark.sparkContext().isStopped())
                .as("the session that was there stays")
                .isFalse();
    }

    @Test
    void whatIsWrongIsNamedAndTheRestIsLookedAtAllTheSame() throws IOException {
        Files.writeString(folder.resolve("file"), "a");
        List<String> printed = doctor(
                "--set",
                "stylize.qualty=4",
                "--set",
                "stylize.format=gif",
                "--input",
                folder.resolve("none").toString(),
                "--output",
                folder.resolve("file/cartoons").toString());
        assertThat(line(printed, "stylize.qualty")).startsWith("WRONG").contains("stylize.quality");
        assertThat(line(printed, "stylize.format")).startsWith("WRONG");
        assertThat(line(printed, "none")).startsWith("WRONG").contains("Cannot find it");
        assertThat(line(printed, "file/cartoons")).startsWith("WRONG").contains("Cannot write to it");
        assertThat(printed).endsWith("4 things are wrong.", "exit code 2");
    }

    @Test
    void secretsInUrisAreNotShown() {
        List<String> printed = doctor(
                "--input", "s3a://AKIAKEY:se/cr+et@lake/photos", "--output", "s3a://AKIAKEY:se/cr+et@lake/cartoons");
        assertThat(line(printed, "photos")).startsWith("WRONG").contains("s3a://***@lake/photos");
        assertThat(printed).noneMatch(line -> line.contains("se/cr+et") || line.contains("AKIAKEY"));
    }

    @Test
    void halfPrecisionWithoutAGpuIsWrong() {
        List<String> printed = doctor("--set", "stylize.precision=fp16");
        assertThat(line(printed, "stylize.precision")).startsWith("WRONG").contains("GPU");
        assertThat(printed).endsWith("exit code 2");
        assertThat(line(doctor("--set", "stylize.device=gpu"), "stylize.device"))
                .startsWith("WRONG")
                .contains("on the CPU");
        assertThat(line(doctor("--set", "train.device=gpu"), "GPU, training"))
                .startsWith("WRONG")
                .contains("-Pcuda");
    }

    @Test
    void emptyFoldersAreNothingWrong() throws IOException {
        Files.createDirectories(folder.resolve("empty"));
        assertThat(line(doctor("--input", folder.resolve("empty").toString()), "empty"))
                .startsWith("note");
    }

    @Test
    void weightsThatSettingsNameAreLookedFor() {
        List<String> printed = doctor("--set", "train.content.vgg19=" + folder.resolve("vgg19.safetensors"));
        assertThat(line(printed, "vgg19.safetensors")).startsWith("WRONG");
        assertThat(printed).endsWith("exit code 4");
    }

    @Test
    void whatTheDriverWroteIsLookedForByExecutors() {
        StoreCheck stores = new StoreCheck(new Storage(spark.sparkContext().hadoopConfiguration()), "executor 1");
        String mark = stores.marked(folder.resolve("shared").toString()).orElseThrow();
        assertThat(stores.unseen(mark)).isEmpty();
        stores.unmark(mark);
        assertThat(stores.unseen(mark)).hasValueSatisfying(finding -> {
            assertThat(finding.isWrong()).isTrue();
            assertThat(finding.what()).endsWith("shared");
            assertThat(finding.said()).contains("another folder");
        });
    }

    @Test
    void stores() throws IOException {
        try (Bucket bucket = new Bucket(server, spark.sparkContext().hadoopConfiguration())) {
            bucket.put("photos/a.jpg", new byte[] {1, 2, 3});
            List<String> good = doctor("--input", bucket.uri("photos"), "--output", bucket.uri("cartoons"));
            assertThat(line(good, "photos")).startsWith("ok");
            assertThat(line(good, "cartoons")).startsWith("ok");
            assertThat(good).endsWith("exit code 0");
            bucket.reach("toonlake-is-not-there");
            List<String> missing = doctor("--output", "s3a://toonlake-is-not-there/cartoons");
            assertThat(line(missing, "toonlake-is-not-there")).startsWith("WRONG");
            assertThat(missing).endsWith("One thing is wrong.", "exit code 4");
            assertThat(missing).noneMatch(line -> line.contains(S3Server.SECRET));
        }
    }
}
