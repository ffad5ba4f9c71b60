package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.PixelImage;
import io.toonlake.ingest.SampleCutter;
import io.toonlake.scene.SyntheticScenes;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SparkExtension.class)
class IngestJobTest {
    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;

    IngestJobTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() {
        jobs = new JobFixture(spark, folder);
    }

    private JsonNode ingest(int exitCode, String... more) throws IOException {
        return ingestFrom("photos", exitCode, more);
    }

    private JsonNode ingestFrom(String input, int exitCode, String... more) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of(
                "ingest",
                "--domain",
                "photo",
                "--collection",
                "flickr",
                "--input",
                jobs.at(input),
                "--tables",
                jobs.at("lake"),
                "--set",
                "ingest.limits.min-side-pixels=64",
                "--set",
                "ingest.sample.size-pixels=64",
                "--set",
                "max-quarantined-fraction=0.5"));
        command.addAll(Arrays.asList(more));
        return jobs.run(exitCode, command.toArray(String[]::new));
    }

    @Test
    void everyFileIsAcceptedOrQuarantinedWithItsReason() throws IOException {
        jobs.photo("photos/a.jpg", 1);
        jobs.photo("photos/sub/b.png", 2);
        jobs.photo("photos/x.jpg/c.webp", 3);
        jobs.write("photos/named-wrongly.png", JobFixture.encoded("d.jpg", SyntheticScenes.photo(4, 160, 120)));
        jobs.write("photos/empty.jpg", new byte[0]);
        jobs.write("photos/notes.txt", "no picture".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        jobs.photo("photos/small.png", 5, 160, 40);

        JsonNode summary = ingest(0);

        assertThat(JobFixture.counts(summary)).isEqualTo("4/0/3");
        assertThat(summary.get("reasons").toString()).isEqualTo("{\"empty\":1,\"not-an-image\":1,\"too-small\":1}");
        assertThat(jobs.values("lake", Table.IMAGES, "path"))
                .extracting(path -> path.replaceFirst(".*/photos/", ""))
                .containsExactly("a.jpg", "named-wrongly.png", "sub/b.png", "x.jpg/c.webp");
        assertThat(jobs.values("lake", Table.IMAGES, "format")).containsExactly("jpg", "jpg", "png", "webp");
        assertThat(jobs.values("lake", Table.QUARANTINE, "message"))
                .allMatch(message -> message.startsWith("Cannot decode file:"));
        Row run = jobs.rows("lake", Table.RUNS).head();
        assertThat(run.<Long>getAs("read")).isEqualTo(7);
        assertThat(run.<String>getAs("outcome")).isEqualTo("done");
        assertThat(run.<String>getAs("settings")).contains("\"ingest.sample.size-pixels\"");
    }

    @Test
    void samplesAreTheCropsThatTheLibraryCuts() throws Exception {
        jobs.photo("photos/a.png", 1);

        ingest(0);

        PixelImage photo = new ImageDecoder(new DecodeLimits(1 << 20, 1 << 20, 1))
                .decode(Files.readAllBytes(folder.resolve("photos/a.png")))
                .image();
        List<PixelImage> expected = new SampleCutter(64, 3)
                .cut(photo).stream().map(sample -> sample.image()).toList();
        List<PixelImage> actual = new java.util.ArrayList<>();
        for (Row row : jobs.rows("lake", Table.SAMPLES).orderBy("sample_index").collectAsList()) {
            actual.add(new ImageDecoder(new DecodeLimits(1 << 20, 1 << 20, 1))
                    .decode(row.getAs("pixels"))
                    .image());
        }
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void theSecondRunDoesNothing() throws IOException {
        jobs.photo("photos/a.jpg", 1);
        jobs.write("photos/empty.jpg", new byte[0]);
        ingest(0);
        String firstRun = jobs.values("lake", Table.IMAGES, "run_id").get(0);

        JsonNode second = ingest(0);

        assertThat(JobFixture.counts(second)).isEqualTo("0/1/1");
        assertThat(jobs.values("lake", Table.IMAGES, "run_id")).containsExactly(firstRun);
        assertThat(jobs.values("lake", Table.QUARANTINE, "run_id")).containsExactly(firstRun);
        assertThat(jobs.rows("lake", Table.RUNS).count()).isEqualTo(2);
    }

    @Test
    void onlyWhatChangedIsReadAgain() throws IOException {
        jobs.photo("photos/a.jpg", 1);
        jobs.photo("photos/b.jpg", 2);
        jobs.write("photos/c.jpg", new byte[0]);
        ingest(0);
        List<String> before = jobs.values("lake", Table.SAMPLES, "sha256");

        jobs.photo("photos/b.jpg", 20);
        Files.setLastModifiedTime(folder.resolve("photos/b.jpg"), FileTime.fromMillis(1_700_000_000_000L));
        jobs.photo("photos/c.jpg", 3);
        JsonNode summary = ingest(0);

        assertThat(JobFixture.counts(summary)).isEqualTo("2/1/0");
        assertThat(jobs.rows("lake", Table.QUARANTINE).count()).isZero();
        assertThat(jobs.rows("lake", Table.IMAGES).count()).isEqualTo(3);
        List<String> after = jobs.values("lake", Table.SAMPLES, "sha256");
        assertThat(after.stream().distinct()).hasSize(3);
        assertThat(after.stream().distinct().filter(before::contains))
                .as("the samples of the old b.jpg are gone")
                .hasSize(1);
    }

    @Test
    void aPictureThatBreaksMovesToTheQuarantine() throws IOException {
        jobs.photo("photos/a.jpg", 1);
        jobs.photo("photos/b.jpg", 2);
        ingest(0);

        byte[] whole = Files.readAllBytes(folder.resolve("photos/b.jpg"));
        jobs.write("photos/b.jpg", Arrays.copyOf(whole, whole.length / 2));
        JsonNode summary = ingest(0);

        assertThat(JobFixture.counts(summary)).isEqualTo("0/1/1");
        assertThat(jobs.values("lake", Table.QUARANTINE, "reason")).containsExactly("truncated");
        assertThat(jobs.rows("lake", Table.IMAGES).count()).isEqualTo(1);
        assertThat(jobs.values("lake", Table.SAMPLES, "sha256").stream().distinct())
                .hasSize(1);
    }

    @Test
    void aRunThatDiedBetweenTwoCommitsIsCompleted() throws IOException {
        for (int i = 0; i < 6; i++) {
            jobs.photo("photos/" + i + ".jpg", i);
        }
        ingest(0);
        List<Row> samples = jobs.rows("lake", Table.SAMPLES)
                .drop("run_id")
                .orderBy("sha256", "sample_index")
                .collectAsList();
        // As a run leaves it that wrote the samples of a batch and was killed before the images.
        spark.sql("DELETE FROM delta.`" + folder.resolve("lake/images")
                + "` WHERE path LIKE '%/2.jpg' OR path LIKE '%/5.jpg'");

        JsonNode summary = ingest(0, "--set", "ingest.images-per-commit=1");

        assertThat(JobFixture.counts(summary)).isEqualTo("2/4/0");
        assertThat(jobs.rows("lake", Table.IMAGES).count()).isEqualTo(6);
        assertThat(jobs.rows("lake", Table.SAMPLES)
                        .drop("run_id")
                        .orderBy("sha256", "sample_index")
                        .collectAsList())
                .isEqualTo(samples);
    }

    @Test
    void nearDuplicatesGiveNoSamples() throws IOException {
        PixelImage photo = SyntheticScenes.photo(1, 320, 240);
        jobs.write("photos/a.png", photo);
        jobs.write("photos/b.jpg", photo);
        jobs.write("photos/c.png", photo.resize(200, 150));
        jobs.photo("photos/d.png", 2, 320, 240);

        JsonNode summary = ingest(0);

        assertThat(JobFixture.counts(summary)).isEqualTo("4/0/0");
        List<Row> images = jobs.rows("lake", Table.IMAGES).orderBy("path").collectAsList();
        String original = images.get(0).getAs("path");
        assertThat(images).extracting(row -> row.getAs("duplicate_of")).containsExactly(null, original, original, null);
        assertThat(jobs.values("lake", Table.SAMPLES, "sha256").stream().distinct())
                .containsExactlyInAnyOrder(
                        images.get(0).getAs("sha256"), images.get(3).getAs("sha256"));

        jobs.write("photos/late.jpg", photo.resize(250, 188));
        assertThat(JobFixture.counts(ingest(0))).isEqualTo("1/4/0");
        Row late =
                jobs.rows("lake", Table.IMAGES).filter("path like '%late.jpg'").head();
        assertThat(late.<String>getAs("duplicate_of")).isEqualTo(original);
    }

    @Test
    void contentThatAnotherImageHoldsKeepsItsSamples() throws IOException {
        jobs.photo("photos/a.png", 1);
        jobs.photo("photos/b.png", 1);
        ingest(0, "--set", "ingest.near-duplicate-bits=-1");
        String content = jobs.values("lake", Table.IMAGES, "sha256").get(0);
        assertThat(jobs.rows("lake", Table.SAMPLES).select("sample_index").collectAsList())
                .as("samples of two equal files")
                .isNotEmpty()
                .doesNotHaveDuplicates();

        jobs.photo("photos/a.png", 2, 200, 120);
        assertThat(JobFixture.counts(ingest(0, "--set", "ingest.near-duplicate-bits=-1")))
                .isEqualTo("1/1/0");

        assertThat(jobs.values("lake", Table.SAMPLES, "sha256").stream().distinct())
                .hasSize(2)
                .contains(content);
    }

    @Test
    void aDuplicateTakesThePlaceOfAnOriginalThatChanged() throws IOException {
        jobs.photo("photos/b.png", 1);
        jobs.photo("photos/c.png", 1);
        jobs.photo("photos/a.png", 1);
        ingest(0);
        String content = jobs.values("lake", Table.IMAGES, "sha256").get(0);

        jobs.photo("photos/a.png", 2, 200, 120);
        JsonNode summary = ingest(0, "--set", "ingest.images-per-commit=1");

        assertThat(JobFixture.counts(summary)).isEqualTo("3/0/0");
        List<Row> images = jobs.rows("lake", Table.IMAGES).orderBy("path").collectAsList();
        assertThat(images)
                .extracting(row -> row.getAs("duplicate_of"))
                .containsExactly(null, null, images.get(1).getAs("path"));
        assertThat(jobs.values("lake", Table.SAMPLES, "sha256").stream().distinct())
                .hasSize(2)
                .contains(content);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDuplicateFromElsewhereIsNoneOfTheRunsCounts(boolean there) throws IOException {
        jobs.photo("photos/a.png", 1);
        jobs.photo("photos/c.png", 3);
        jobs.photo("shelf/b.png", 1);
        ingest(0);
        assertThat(JobFixture.counts(ingestFrom("shelf", 0))).isEqualTo("1/0/0");

        jobs.photo("photos/a.png", 2, 200, 120);
        if (!there) {
            Files.delete(folder.resolve("shelf/b.png"));
        }
        JsonNode summary = ingest(0, "--set", "max-quarantined-fraction=0");

        assertThat(JobFixture.counts(summary)).isEqualTo("1/1/0");
        Row elsewhere =
                jobs.rows("lake", Table.IMAGES).filter("path like '%b.png'").head();
        assertThat(elsewhere.<String>getAs("duplicate_of") == null).isEqualTo(there);
        assertThat(jobs.rows("lake", Table.QUARANTINE).count()).isZero();

        jobs.photo("shelf/b.png", 1);
        ingestFrom("shelf", 0);
        assertThat(jobs.rows("lake", Table.IMAGES)
                        .filter("path like '%b.png' AND duplicate_of IS NULL AND samples > 0")
                        .count())
                .as("it is back, and what it repeated is gone")
                .isEqualTo(1);
    }

    @Test
    void overTheBudgetTheJobEndsWithThreeAndKeepsWhatIsGood() throws IOException {
        jobs.photo("photos/a.jpg", 1);
        jobs.write("photos/empty.jpg", new byte[0]);

        JsonNode summary = ingest(3, "--set", "max-quarantined-fraction=0.4");

        assertThat(JobFixture.counts(summary)).isEqualTo("1/0/1");
        assertThat(summary.get("message").asText())
                .contains("Quarantined 1 of 2 images")
                .contains("max-quarantined-fraction 0.4");
        assertThat(jobs.rows("lake", Table.IMAGES).count()).isEqualTo(1);
        assertThat(jobs.values("lake", Table.RUNS, "outcome")).containsExactly("over-budget");
    }

    @Test
    void collectionsDoNotMix() throws IOException {
        jobs.photo("photos/a.jpg", 1);
        ingest(0);

        JsonNode mixed = jobs.run(
                2,
                "ingest",
                "--domain",
                "cartoon",
                "--collection",
                "flickr",
                "--input",
                jobs.at("photos"),
                "--tables",
                jobs.at("lake"));
        assertThat(mixed.get("message").asText())
                .isEqualTo("Invalid --domain: cartoon (collection flickr holds photos)");

        jobs.run(
                0,
                "ingest",
                "--domain",
                "photo",
                "--collection",
                "other",
                "--input",
                jobs.at("photos"),
                "--tables",
                jobs.at("lake"),
                "--set",
                "ingest.limits.min-side-pixels=64");
        assertThat(jobs.values("lake", Table.IMAGES, "collection")).containsExactly("flickr", "other");
    }

    @Test
    void aMissingFolderIsUnreachable() throws IOException {
        JsonNode summary = ingest(4);

        assertThat(summary.get("outcome").asText()).isEqualTo("unreachable");
        assertThat(summary.get("message").asText())
                .startsWith("Cannot read --input file:")
                .endsWith("no such file or folder");
        assertThat(folder.resolve("lake")).as("a mistaken run makes no tables").doesNotExist();
    }

    @Test
    void aMistakenRunIsRecordedWhereTablesAre() throws IOException {
        jobs.photo("photos/a.jpg", 1);
        ingest(0);
        Files.move(folder.resolve("photos"), folder.resolve("elsewhere"));

        ingest(4);

        assertThat(jobs.values("lake", Table.RUNS, "outcome")).containsExactly("done", "unreachable");
    }

    @Test
    void tablesThatAreAFileAreUnreachable() throws IOException {
        jobs.photo("photos/a.jpg", 1);
        jobs.write("lake", new byte[] {1});

        assertThat(ingest(4).get("message").asText())
                .startsWith("Cannot use tables file:")
                .endsWith("/lake is a file, not a folder");
    }
}
