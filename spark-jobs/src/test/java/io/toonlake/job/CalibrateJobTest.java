package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.storage.SourceFile;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class CalibrateJobTest {
    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;

    CalibrateJobTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() throws IOException {
        jobs = new JobFixture(spark, folder);
        TinyModel.save(folder.resolve("model"), 1);
        for (int i = 0; i < 6; i++) {
            jobs.photo("photos/" + i + ".jpg", i, 48, 32);
        }
        jobs.write("photos/broken.jpg", new byte[] {1, 2, 3});
    }

    private JsonNode calibrate(int exitCode, int photos) throws IOException {
        return jobs.run(
                exitCode,
                "calibrate",
                "--model",
                jobs.at("model"),
                "--input",
                jobs.at("photos"),
                "--photos",
                String.valueOf(photos));
    }

    private JsonNode stylize(int exitCode, String... more) throws IOException {
        List<String> options =
                new ArrayList<>(List.of("--set", "max-quarantined-fraction=0.9", "--set", "stylize.precision=int8"));
        options.addAll(Arrays.asList(more));
        return jobs.stylize(exitCode, jobs.at("photos"), jobs.at("cartoons"), options.toArray(String[]::new));
    }

    private JsonNode written() throws IOException {
        return new ObjectMapper()
                .readTree(folder.resolve("model/calibration.json").toFile());
    }

    @Test
    void theRecordSaysWhatWasSeenAndHowNearTheCartoonsCome() throws IOException {
        JsonNode summary = calibrate(0, 4);

        assertThat(JobFixture.counts(summary)).isEqualTo("5/0/0");
        assertThat(written().path("photos").asInt()).isEqualTo(4);
        assertThat(written().path("held-out").path("photos").asInt()).isEqualTo(1);
        assertThat(written().path("held-out").path("psnr").asDouble())
                .as("of a model with drawn weights, whose activations are no picture's")
                .isGreaterThan(25)
                .isEqualTo(summary.path("figures").path("psnr").asDouble());
        assertThat(written().path("fingerprint").asText())
                .isEqualTo(summary.path("fingerprints").path("calibration").asText());
        assertThat(folder.resolve("model/generator.int8.onnx")).isNotEmptyFile();
    }

    @Test
    void theSamePhotosGiveTheSameCalibrationAndOthersAnother() throws IOException {
        calibrate(0, 4);
        byte[] first = Files.readAllBytes(folder.resolve("model/calibration.json"));

        assertThat(JobFixture.counts(calibrate(0, 4))).isEqualTo("0/5/0");
        assertThat(folder.resolve("model/calibration.json")).hasBinaryContent(first);
        assertThat(JobFixture.counts(calibrate(0, 2))).isEqualTo("3/0/0");
        assertThat(written().path("photos").asInt()).isEqualTo(2);
    }

    @Test
    void stylizeSaysWhichPrecisionMadeAPictureAndHowNearItIs() throws IOException {
        calibrate(0, 4);

        JsonNode summary = stylize(0, "--set", "stylize.precision-check=3");

        assertThat(JobFixture.counts(summary)).isEqualTo("6/0/1");
        assertThat(jobs.values("cartoons/_toonlake", Table.STYLIZED, "engine")).containsOnly("onnxruntime-int8");
        // One of those drawn may be the broken one.
        assertThat(summary.path("figures").path("precisionChecked").asDouble()).isBetween(2.0, 3.0);
        assertThat(summary.path("figures").path("psnr").asDouble()).isBetween(25.0, 98.0);
        assertThat(summary.path("figures").path("leastPsnr").asDouble())
                .isLessThanOrEqualTo(summary.path("figures").path("psnr").asDouble());
        assertThat(summary.path("figures").path("ssim").asDouble()).isBetween(0.9, 1.0);

        Row run = jobs.rows("cartoons/_toonlake", Table.RUNS).head();
        assertThat(run.<String, Double>getJavaMap(run.fieldIndex("figures")))
                .containsEntry("psnr", summary.path("figures").path("psnr").asDouble())
                .containsEntry("ssim", summary.path("figures").path("ssim").asDouble());
        assertThat(run.<String, Double>getJavaMap(run.fieldIndex("stages"))).containsKeys("list", "stylize", "check");
        jobs.run(0, "report", "--tables", jobs.at("cartoons/_toonlake"), "--output", jobs.at("report.html"));
        assertThat(folder.resolve("report.html"))
                .content()
                .containsPattern("<dt>psnr</dt>\\s*<dd><code>[0-9]+\\.[0-9]+</code>");
    }

    @Test
    void picturesOfAnotherPrecisionOrCalibrationAreMadeAgain() throws IOException {
        calibrate(0, 4);
        assertThat(JobFixture.counts(stylize(0))).isEqualTo("6/0/1");
        assertThat(JobFixture.counts(stylize(0))).isEqualTo("0/6/1");

        calibrate(0, 1);
        assertThat(JobFixture.counts(stylize(0))).isEqualTo("6/0/1");

        JsonNode fp32 = stylize(0, "--set", "stylize.precision=fp32");
        assertThat(JobFixture.counts(fp32)).isEqualTo("6/0/1");
        assertThat(fp32.path("figures").has("psnr")).isFalse();
        assertThat(jobs.values("cartoons/_toonlake", Table.STYLIZED, "engine")).containsOnly("onnxruntime");
    }

    @Test
    void withoutACalibrationTheCommandToRunIsNamed() throws IOException {
        JsonNode summary = stylize(2);

        assertThat(summary.path("message").asText())
                .contains("Invalid stylize.precision: int8")
                .contains("toonlake calibrate --model " + jobs.at("model"));
    }

    @Test
    void nd4jHasNoIntegers() throws IOException {
        assertThat(stylize(2, "--set", "stylize.engine=nd4j").path("message").asText())
                .contains("Invalid stylize.precision: int8 (engine nd4j computes in fp32 only");
    }

    @Test
    void tooFewPhotosAreRefused() throws IOException {
        jobs.photo("few/a.jpg", 1, 48, 32);

        assertThat(jobs.run(2, "calibrate", "--model", jobs.at("model"), "--input", jobs.at("few"))
                        .path("message")
                        .asText())
                .contains("1 photos could be decoded");
        assertThat(calibrate(2, 0).path("message").asText()).contains("Invalid --photos: 0");
    }

    @Test
    void photosAreDrawnByTheirNamesBelowTheFolder() {
        List<SourceFile> here = photos("file:/a/");
        List<SourceFile> backwards = new ArrayList<>(here);
        Collections.reverse(backwards);

        List<SourceFile> drawn = PhotoSample.shuffled(here);

        assertThat(drawn).containsExactlyInAnyOrderElementsOf(here).isNotEqualTo(here);
        assertThat(PhotoSample.shuffled(backwards)).isEqualTo(drawn);
        assertThat(PhotoSample.shuffled(photos("s3a://lake/b/")))
                .extracting(photo -> photo.path().replace("s3a://lake/b/", "file:/a/"))
                .isEqualTo(drawn.stream().map(SourceFile::path).toList());
    }

    private static List<SourceFile> photos(String folder) {
        return IntStream.range(0, 20)
                .mapToObj(i -> new SourceFile(folder + i % 3 + "/" + i + ".jpg", 1, 1))
                .toList();
    }
}
