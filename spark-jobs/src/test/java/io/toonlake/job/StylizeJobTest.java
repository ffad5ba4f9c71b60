package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.PixelImage;
import io.toonlake.scene.SyntheticScenes;
import io.toonlake.storage.Lease;
import io.toonlake.storage.Storage;
import io.toonlake.stylize.Finish;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(SparkExtension.class)
class StylizeJobTest {
    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;

    StylizeJobTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() throws IOException {
        jobs = new JobFixture(spark, folder);
        TinyModel.save(folder.resolve("model"), 1);
    }

    private JsonNode stylize(int exitCode, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of("--set", "max-quarantined-fraction=0.9"));
        options.addAll(Arrays.asList(more));
        return jobs.stylize(exitCode, jobs.at("photos"), jobs.at("cartoons"), options.toArray(String[]::new));
    }

    @Test
    void namesAndFoldersAndSizesAreKept() throws Exception {
        jobs.photo("photos/a.jpg", 1, 37, 23);
        jobs.photo("photos/a.png", 2, 64, 48);
        jobs.write(
                "photos/trip/day one/b.webp", SyntheticScenes.photo(3, 90, 90).crop(7, 0, 5, 90));
        jobs.write("photos/dot.png", PixelImage.bgr(1, 1, new byte[3]));

        JsonNode summary = stylize(0);

        assertThat(JobFixture.counts(summary)).isEqualTo("4/0/0");
        assertThat(outputs()).containsOnlyKeys("a.jpg", "a.png.jpg", "dot.png.jpg", "trip/day one/b.webp.jpg");
        assertThat(sizeOf("a.jpg")).isEqualTo("37x23");
        assertThat(sizeOf("a.png.jpg")).isEqualTo("64x48");
        assertThat(sizeOf("dot.png.jpg")).isEqualTo("1x1");
        assertThat(sizeOf("trip/day one/b.webp.jpg")).isEqualTo("5x90");
        Row row = jobs.rows("cartoons/_toonlake", Table.STYLIZED)
                .filter("output like '%a.png.jpg'")
                .head();
        assertThat(row.<String>getAs("path")).endsWith("/photos/a.png");
        assertThat(row.<Integer>getAs("width")).isEqualTo(64);
        assertThat(row.<String>getAs("model_fingerprint"))
                .isEqualTo(summary.get("fingerprints").get("model").asText());
    }

    @Test
    void transparencyIsKeptWhereTheFormatHasIt() throws Exception {
        PixelImage scene = SyntheticScenes.photo(1, 32, 32);
        byte[] alpha = new byte[32 * 32];
        Arrays.fill(alpha, 0, alpha.length / 2, (byte) 255);
        jobs.write("photos/a.png", scene.withAlpha(alpha));

        stylize(0, "--set", "stylize.format=png");
        stylize(0, "--set", "stylize.format=jpeg", "--set", "stylize.background=#00ff00");

        assertThat(decoded("a.png").alpha())
                .hasValueSatisfying(kept -> assertThat(kept).isEqualTo(alpha));
        PixelImage opaque = decoded("a.png.jpg");
        int last = (32 * 32 - 17) * 3;
        assertThat(new int[] {
                    opaque.pixels()[last] & 255, opaque.pixels()[last + 1] & 255, opaque.pixels()[last + 2] & 255
                })
                .as("the background shines through")
                .satisfies(bgr -> {
                    assertThat(bgr[0]).isLessThan(40);
                    assertThat(bgr[1]).isGreaterThan(215);
                    assertThat(bgr[2]).isLessThan(40);
                });
    }

    @Test
    void whatIsUnderTransparentPixelsMakesNoDifference() throws Exception {
        PixelImage scene = SyntheticScenes.photo(1, 32, 32);
        byte[] alpha = new byte[32 * 32];
        Arrays.fill(alpha, 0, alpha.length / 2, (byte) 255);
        PixelImage black = PixelImage.bgr(32, 32, new byte[3 * 32 * 32]).withAlpha(alpha);
        PixelImage white = scene.withAlpha(alpha).withColorBeneath(0xffffff);
        System.arraycopy(white.pixels(), 0, black.pixels(), 0, white.pixels().length / 2);
        jobs.write("photos/white.png", white);
        jobs.write("photos/black.png", black);

        stylize(0, "--set", "stylize.format=png");

        assertThat(decoded("black.png")).isEqualTo(decoded("white.png"));
    }

    @Test
    void aRaisedLimitTouchesNothingThatIsMade() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        jobs.photo("photos/large.jpg", 2, 64, 64);
        String[] tight = {"--set=stylize.limits.max-pixels=2000", "--set=max-quarantined-fraction=0.9"};

        assertThat(JobFixture.counts(stylize(0, tight))).isEqualTo("1/0/1");
        assertThat(JobFixture.counts(stylize(0, tight))).isEqualTo("0/1/1");
        assertThat(JobFixture.counts(stylize(0))).as("the limit's default").isEqualTo("1/1/0");
        assertThat(JobFixture.counts(stylize(0, "--set=stylize.engine-memory=5 GiB")))
                .isEqualTo("0/2/0");
        assertThat(JobFixture.counts(stylize(0, tight)))
                .as("a lower limit judges what is to be made, not what is there")
                .isEqualTo("0/2/0");
    }

    @Test
    void aDryRunOnlySaysWhatThereIsToDo() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        JsonNode first = stylize(0, "--dry-run");
        assertThat(first.get("message").asText())
                .startsWith("Would stylize 1 photos: 1 have no picture, 0 have changed");
        assertThat(first.get("filteredBy").toString()).isEqualTo("{\"dry-run\":1}");
        assertThat(folder.resolve("cartoons")).doesNotExist();

        jobs.photo("photos/b.jpg", 2, 32, 32);
        jobs.photo("photos/gone.jpg", 3, 32, 32);
        stylize(0);
        jobs.photo("photos/b.jpg", 4, 40, 32);
        Files.delete(folder.resolve("photos/gone.jpg"));
        Files.delete(folder.resolve("cartoons/a.jpg"));
        jobs.photo("photos/new.jpg", 5, 32, 32);

        JsonNode would = stylize(0, "--dry-run", "--prune");

        assertThat(would.get("message").asText())
                .startsWith("Would stylize 3 photos: 1 have no picture, 1 have changed, 1 are to be made again (")
                .endsWith("; would prune 1 pictures");
        assertThat(outputs()).containsOnlyKeys("b.jpg", "gone.jpg");
        assertThat(jobs.rows("cartoons/_toonlake", Table.RUNS).count()).isEqualTo(1);
        assertThat(JobFixture.counts(stylize(0, "--prune"))).isEqualTo("3/0/0");
    }

    @Test
    void aDryRunKeepsToNoBudgetAndSaysWhatWouldBeRefused() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        jobs.write("photos/broken.jpg", new byte[] {1, 2, 3});
        stylize(0, "--set=max-quarantined-fraction=1");
        TinyModel.save(folder.resolve("model"), 2);
        Files.delete(folder.resolve("photos/a.jpg"));
        jobs.photo("photos/b.jpg", 2, 32, 32);

        JsonNode would = stylize(0, "--dry-run", "--prune");

        assertThat(would.get("message").asText())
                .startsWith("Would stylize 1 photos: 1 have no picture, ")
                .endsWith(
                        "; --prune would be refused: 1 of 1 pictures are more than stylize.max-pruned-fraction = 0.5 allows");
        assertThat(would.get("reasons").toString()).isEqualTo("{\"not-an-image\":1}");
    }

    @Test
    void theSecondRunDoesNothing() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        jobs.write("photos/broken.jpg", new byte[] {1, 2, 3});
        assertThat(JobFixture.counts(stylize(0))).isEqualTo("1/0/1");
        FileTime written = Files.getLastModifiedTime(folder.resolve("cartoons/a.jpg"));

        assertThat(JobFixture.counts(stylize(0))).isEqualTo("0/1/1");
        assertThat(Files.getLastModifiedTime(folder.resolve("cartoons/a.jpg"))).isEqualTo(written);
    }

    @Test
    void manyFoldersAreListedAndComparedByTasks() throws IOException {
        for (int i = 0; i < 130; i++) {
            jobs.photo("photos/" + i % 13 + "/" + i + "/a.png", i, 16, 16);
        }
        jobs.write("photos/5/5/broken.jpg", new byte[] {1, 2, 3});
        assertThat(JobFixture.counts(stylize(0, "--set", "stylize.images-per-commit=100")))
                .isEqualTo("130/0/1");
        jobs.photo("photos/5/5/a.png", 1, 20, 20);
        Files.delete(folder.resolve("cartoons/7/7/a.png.jpg"));
        jobs.photo("photos/9/new/b.png", 1, 16, 16);

        assertThat(JobFixture.counts(stylize(0))).isEqualTo("3/128/1");
        assertThat(JobFixture.counts(stylize(0))).isEqualTo("0/131/1");
        assertThat(jobs.rows("cartoons/_toonlake", Table.STYLIZED).count()).isEqualTo(131);
    }

    @Test
    void rowsThatReplaceNoneAreAppended() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        jobs.write("photos/b.jpg", new byte[] {1, 2, 3});
        stylize(0);
        jobs.photo("photos/c.jpg", 2, 32, 32);
        stylize(0);
        assertThat(operations("stylized")).containsExactly("CREATE TABLE", "WRITE", "WRITE");
        assertThat(operations("quarantine")).containsExactly("CREATE TABLE", "WRITE");

        jobs.photo("photos/a.jpg", 3, 40, 32);
        jobs.photo("photos/b.jpg", 3, 40, 32);
        assertThat(JobFixture.counts(stylize(0))).isEqualTo("2/1/0");
        assertThat(operations("stylized")).endsWith("MERGE");
        assertThat(jobs.rows("cartoons/_toonlake", Table.STYLIZED).count()).isEqualTo(3);
        assertThat(jobs.rows("cartoons/_toonlake", Table.QUARANTINE).count()).isZero();
    }

    private List<String> operations(String table) {
        return spark
                .sql("DESCRIBE HISTORY delta.`"
                        + folder.resolve("cartoons/_toonlake").resolve(table) + "`")
                .orderBy("version")
                .select("operation")
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }

    @Test
    void aHalfFinishedOutputIsCompleted() throws IOException {
        for (int i = 0; i < 5; i++) {
            jobs.photo("photos/" + i + ".jpg", i, 32, 32);
        }
        stylize(0);
        Map<String, byte[]> whole = outputs();
        Files.delete(folder.resolve("cartoons/0.jpg"));
        Files.write(folder.resolve("cartoons/1.jpg"), new byte[10]);
        // Written, but the run died before its row: the picture is made again and is the same.
        spark.sql(
                "DELETE FROM delta.`" + folder.resolve("cartoons/_toonlake/stylized") + "` WHERE path LIKE '%/2.jpg'");

        assertThat(JobFixture.counts(stylize(0))).isEqualTo("3/2/0");

        Map<String, byte[]> again = outputs();
        assertThat(again.keySet()).isEqualTo(whole.keySet());
        whole.forEach((name, bytes) -> assertThat(again.get(name)).as(name).isEqualTo(bytes));
        assertThat(jobs.rows("cartoons/_toonlake", Table.STYLIZED).count()).isEqualTo(5);
    }

    @Test
    void changedPhotosOtherModelsAndOtherSettingsAreDoneAgain() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        jobs.photo("photos/b.jpg", 2, 32, 32);
        stylize(0);

        jobs.photo("photos/b.jpg", 3, 36, 32);
        assertThat(JobFixture.counts(stylize(0))).isEqualTo("1/1/0");
        assertThat(JobFixture.counts(stylize(0, "--set", "stylize.quality=50"))).isEqualTo("2/0/0");
        TinyModel.save(folder.resolve("model"), 2);
        assertThat(JobFixture.counts(stylize(0, "--set", "stylize.quality=50"))).isEqualTo("2/0/0");
        assertThat(jobs.rows("cartoons/_toonlake", Table.STYLIZED).count()).isEqualTo(2);
    }

    @Test
    void anOutputThatAnotherRunHoldsIsLeftAlone() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        stylize(0);
        jobs.photo("photos/b.jpg", 2, 32, 32);
        Storage storage = new Storage(spark.sparkContext().hadoopConfiguration());
        org.apache.hadoop.fs.Path output =
                new org.apache.hadoop.fs.Path(folder.resolve("cartoons").toUri());

        try (Lease other = Lease.take(storage, output, "other", "stylize", Duration.ofSeconds(60))) {
            JsonNode summary = stylize(4);

            assertThat(summary.get("message").asText()).contains("stylize other on ");
            assertThat(outputs()).containsOnlyKeys("a.jpg");
            assertThat(jobs.rows("cartoons/_toonlake", Table.RUNS).count()).isEqualTo(1);
            other.check();
        }
        assertThat(JobFixture.counts(stylize(0))).isEqualTo("1/1/0");
    }

    @Test
    void aRunThatLosesItsOutputWritesNoMoreAndTheNextOneGoesOn() throws Exception {
        for (int i = 0; i < 60; i++) {
            jobs.photo("photos/" + i + ".jpg", i, 16, 16);
        }
        // As another run would that has waited for as long as the lease lasts. Again and again: it may be being written
        // just then.
        Thread thief = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                File[] pictures = folder.resolve("cartoons").toFile().listFiles(file -> file.isFile());
                File[] leases =
                        folder.resolve("cartoons/_toonlake/leases").toFile().listFiles();
                if (pictures != null && pictures.length > 0 && leases != null) {
                    Arrays.stream(leases).forEach(File::delete);
                }
                LockSupport.parkNanos(20_000_000);
            }
        });
        thief.start();
        JsonNode lost;
        try {
            lost = stylize(4, "--set=stylize.lease-seconds=3", "--set=stylize.max-writes-per-second=6");
        } finally {
            thief.interrupt();
            thief.join();
        }

        assertThat(lost.get("message").asText()).contains("Lost the lease ");
        // Of a batch of ten seconds the first one or two, and not all of it.
        assertThat(outputs()).hasSizeBetween(1, 40);
        assertThat(folder.resolve("cartoons/_toonlake/stylized")).doesNotExist();
        assertThat(JobFixture.counts(stylize(0))).isEqualTo("60/0/0");
    }

    @Test
    void whatARunThatLosesItsOutputHasCommittedIsCounted() throws Exception {
        for (int i = 0; i < 60; i++) {
            jobs.photo("photos/" + i + ".jpg", i, 16, 16);
        }
        Thread thief = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                File[] leases =
                        folder.resolve("cartoons/_toonlake/leases").toFile().listFiles();
                File second = folder.resolve("cartoons/_toonlake/stylized/_delta_log/00000000000000000001.json")
                        .toFile();
                if (second.exists() && leases != null) {
                    Arrays.stream(leases).forEach(File::delete);
                }
                LockSupport.parkNanos(20_000_000);
            }
        });
        thief.start();
        JsonNode lost;
        try {
            lost = stylize(
                    4,
                    "--set=stylize.lease-seconds=3",
                    "--set=stylize.max-writes-per-second=6",
                    "--set=stylize.images-per-commit=12");
        } finally {
            thief.interrupt();
            thief.join();
        }

        long done = lost.get("done").asLong();
        assertThat(done)
                .isBetween(12L, 48L)
                .isEqualTo(jobs.rows("cartoons/_toonlake", Table.STYLIZED).count());
        assertThat(lost.get("stages").get("stylize").asDouble()).isPositive();
        assertThat(folder.resolve("cartoons/_toonlake/runs"))
                .as("the tables may be another run's by now")
                .doesNotExist();
        assertThat(JobFixture.counts(stylize(0))).isEqualTo((60 - done) + "/" + done + "/0");
    }

    /** A broken delivery is a small part of a large lake; and once it was looked at, nobody wants to hear of it every night. */
    @Test
    void theBudgetIsAShareOfWhatIsNew() throws IOException {
        for (int i = 0; i < 9; i++) {
            jobs.photo("photos/" + i + ".jpg", i, 16, 16);
        }
        String quarter = "--set=max-quarantined-fraction=0.25";
        stylize(0, quarter);
        jobs.photo("photos/new.jpg", 10, 16, 16);
        for (int i = 0; i < 3; i++) {
            jobs.write("photos/broken" + i + ".jpg", new byte[] {1, 2, 3});
        }

        JsonNode over = stylize(3, quarter);

        assertThat(JobFixture.counts(over)).isEqualTo("1/9/3");
        assertThat(over.get("message").asText()).startsWith("Quarantined 3 of 4 new images, ");
        assertThat(JobFixture.counts(stylize(3, quarter))).as("repeated").isEqualTo("0/10/3");
        assertThat(JobFixture.counts(stylize(0, "--set=max-quarantined-fraction=1")))
                .as("taken note of")
                .isEqualTo("0/10/3");
        assertThat(JobFixture.counts(stylize(0, quarter))).isEqualTo("0/10/3");
        // Other settings make all pictures anew, and what is broken is broken still.
        assertThat(JobFixture.counts(stylize(0, quarter, "--set=stylize.quality=60")))
                .isEqualTo("10/0/3");
        jobs.write("photos/broken3.jpg", new byte[] {1, 2, 3});
        assertThat(JobFixture.counts(stylize(3, quarter, "--set=stylize.quality=60")))
                .isEqualTo("0/10/4");
        jobs.write("photos/broken4.jpg", new byte[] {1, 2, 3});
        stylize(3, quarter, "--set=stylize.quality=60", "--set=tolerated-quarantined-images=1");
        stylize(0, quarter, "--set=stylize.quality=60", "--set=tolerated-quarantined-images=2");
        // What is made anew is no more news than what is left as it is.
        jobs.write("photos/broken5.jpg", new byte[] {1, 2, 3});
        for (int i = 0; i < 2; i++) { // And so it is when the night is repeated.
            assertThat(stylize(3, quarter).get("message").asText()).startsWith("Quarantined 1 of 1 new images, ");
        }
    }

    /** Cameras' clocks are wrong, by years. */
    @Test
    void photosOfTheFutureAreSettledToo() throws IOException {
        jobs.write("photos/broken.jpg", new byte[] {1, 2, 3});
        Files.setLastModifiedTime(
                folder.resolve("photos/broken.jpg"), FileTime.from(Instant.now().plus(Duration.ofDays(1000))));
        stylize(0, "--set=max-quarantined-fraction=1");

        stylize(0, "--set=max-quarantined-fraction=0");
    }

    /** Else a look at a few photos would settle what nobody has looked at. */
    @Test
    void aRunOverOtherPhotosSettlesNothing() throws IOException {
        jobs.photo("photos/a/1.jpg", 1, 16, 16);
        jobs.photo("photos/b/1.jpg", 2, 16, 16);
        jobs.write("photos/b/broken.jpg", new byte[] {1, 2, 3});
        String fifth = "--set=max-quarantined-fraction=0.2";
        stylize(3, fifth);

        stylize(0, fifth, "--include=a/*");

        stylize(3, fifth);
    }

    /** A scheduler's nights end at another hour each, and are made up for in any order. */
    @Test
    void nightsSettleWhatCameBeforeThem() throws IOException {
        Instant first = Instant.parse("2026-11-01T00:00:00Z");
        for (String name : List.of("a", "b", "broken", "bad", "late")) {
            String photo = "photos/" + name + ".jpg";
            if (name.length() == 1) {
                jobs.photo(photo, 1, 16, 16);
            } else {
                jobs.write(photo, new byte[] {1, 2, 3});
            }
            Files.setLastModifiedTime(
                    folder.resolve(photo), FileTime.from(first.plusSeconds(name.equals("late") ? 60 : -60)));
        }
        String half = "--set=max-quarantined-fraction=0.5";
        stylize(0, half, "--modified-before=" + first);

        // Of the next day's, all are broken.
        String second = "--modified-before=" + first.plus(Duration.ofDays(1));
        JsonNode over = stylize(3, half, second);
        assertThat(over.get("message").asText()).startsWith("Quarantined 1 of 1 new images, ");

        // The first day again looks at nothing of the second.
        stylize(0, half, "--modified-before=" + first);
        stylize(3, half, second);
        stylize(0, "--set=max-quarantined-fraction=1", second);
        stylize(0, half, second);
        // ... and takes nothing back.
        stylize(0, half, "--modified-before=" + first);
        stylize(0, "--set=max-quarantined-fraction=0", second);
    }

    @Test
    void whatAKilledRunHasRefusedIsForTheNextOneToTell() throws IOException {
        jobs.photo("photos/old.jpg", 1, 16, 16);
        stylize(0);
        for (int i = 0; i < 3; i++) {
            jobs.photo("photos/" + i + ".jpg", i, 16, 16);
            jobs.write("photos/broken" + i + ".jpg", new byte[] {1, 2, 3});
        }
        JsonNode killed = stylize(0);
        // A run that is killed leaves no row of itself.
        jobs.forgetRun("cartoons/_toonlake", killed.get("run").asText());

        JsonNode next = stylize(3, "--set=max-quarantined-fraction=0.49");

        assertThat(JobFixture.counts(next)).isEqualTo("0/4/3");
        assertThat(next.get("message").asText()).startsWith("Quarantined 3 of 6 new images, ");
        stylize(0, "--set=max-quarantined-fraction=0.5");
        stylize(0, "--set=max-quarantined-fraction=0");
    }

    @Test
    void whatIsTriedAgainAndRefusedAgainIsNoNews() throws IOException {
        jobs.photo("photos/a.jpg", 1, 16, 16);
        Files.createSymbolicLink(folder.resolve("photos/nowhere.jpg"), folder.resolve("gone.jpg"));
        assertThat(stylize(0).get("reasons").get("unreadable").asLong()).isEqualTo(1);

        JsonNode again = stylize(0, "--set=max-quarantined-fraction=0");

        assertThat(JobFixture.counts(again)).isEqualTo("0/1/1");
        // Nor where the run that tried it again was killed.
        jobs.forgetRun("cartoons/_toonlake", again.get("run").asText());
        stylize(0, "--set=max-quarantined-fraction=0");
    }

    @Test
    void longEdgesAreShortened() throws Exception {
        jobs.photo("photos/wide.jpg", 1, 120, 40);
        jobs.photo("photos/small.jpg", 2, 30, 20);

        stylize(0, "--set", "stylize.max-edge-pixels=60");

        assertThat(sizeOf("wide.jpg")).isEqualTo("60x20");
        assertThat(sizeOf("small.jpg")).isEqualTo("30x20");
        assertThat(jobs.rows("cartoons/_toonlake", Table.STYLIZED)
                        .filter("path like '%wide.jpg'")
                        .head()
                        .<Integer>getAs("width"))
                .isEqualTo(60);
        assertThat(JobFixture.counts(stylize(0)))
                .as("full resolution is another picture")
                .isEqualTo("2/0/0");
    }

    @Test
    void coloursAreKeptAndTheCartoonMixedWithThePhotoWhereAskedTo() throws Exception {
        jobs.photo("photos/a.png", 1, 40, 32);
        stylize(0, "--set", "stylize.format=png");
        PixelImage cartoon = decoded("a.png");
        PixelImage photo = decoded("../photos/a.png");

        stylize(0, "--set", "stylize.format=png", "--set", "stylize.keep-colors=true", "--set", "stylize.strength=0.5");

        assertThat(decoded("a.png").pixels())
                .isEqualTo(new Finish(true, 0.5).apply(photo, cartoon).pixels());
        assertThat(decoded("a.png").pixels()).isNotEqualTo(cartoon.pixels());
    }

    @Test
    void aPhotoBeyondTheMemoryIsQuarantined() throws IOException {
        jobs.photo("photos/a.jpg", 1, 400, 300);

        JsonNode summary = stylize(3, "--set", "stylize.engine-memory=100 KiB");

        assertThat(summary.get("reasons").toString()).isEqualTo("{\"too-large-for-memory\":1}");
        assertThat(jobs.values("cartoons/_toonlake", Table.QUARANTINE, "message")
                        .get(0))
                .contains("400 x 300")
                .contains("stylize.engine-memory");
    }

    @Test
    void aPhotoThatWouldTakeThreeQuartersOfTheHeapIsRefused() throws ImageRefusedException {
        SharedStylizer.checkHeap(10_000, 5_000, 2L << 30);
        assertThatThrownBy(() -> SharedStylizer.checkHeap(10_000, 6_000, 2L << 30))
                .isInstanceOf(ImageRefusedException.class)
                .hasMessage(
                        "10000 x 6000 pixels need about 1,602 MiB of heap for themselves, of which there are 2,048 MiB "
                                + "(--driver-memory on one machine, --executor-memory on a cluster)");
    }

    @Test
    void aPhotoThatWouldTakeTooMuchMemoryIsMadeInTiles() throws IOException {
        jobs.photo("photos/small.jpg", 1, 400, 300);
        jobs.photo("photos/large.jpg", 2, 1600, 1200);

        // The tiny model's width is 2: 140 bytes a pixel and 64 MiB on ONNX Runtime, 26 bytes and 68 MiB in tiles.
        stylize(0, "--set", "stylize.engine-memory=300 MiB");

        assertThat(engines()).containsExactlyInAnyOrder("onnxruntime-tiled", "onnxruntime");
        assertThat(jobs.rows("cartoons/_toonlake", Table.STYLIZED)
                        .filter("engine = 'onnxruntime-tiled'")
                        .first()
                        .<Integer>getAs("width"))
                .isEqualTo(1600);
    }

    @Test
    void theEngineIsAChoiceAndAnotherOneStylizesAgain() throws IOException {
        jobs.photo("photos/a.jpg", 1, 64, 48);

        JsonNode summary = stylize(0, "--set", "stylize.price-per-core-hour=0.05");
        JsonNode figures = summary.get("figures");
        assertThat(figures.get("megapixels").doubleValue()).isCloseTo(64 * 48 / 1e6, within(1e-9));
        assertThat(figures.get("imagesPerSecondPerCore").doubleValue()
                        * figures.get("cores").doubleValue())
                .isCloseTo(figures.get("imagesPerSecond").doubleValue(), within(1e-9));
        assertThat(figures.get("megapixelsPerSecondPerCore").doubleValue()
                        * figures.get("cores").doubleValue())
                .isCloseTo(
                        figures.get("megapixels").doubleValue()
                                * figures.get("imagesPerSecond").doubleValue(),
                        within(1e-9));
        assertThat(figures.get("costPerThousandImages").doubleValue())
                .isCloseTo(1000 * figures.get("cost").doubleValue(), within(1e-9));
        JsonNode stages = summary.get("stages");
        assertThat(stages.fieldNames()).toIterable().contains("start", "list", "compare", "stylize", "commit");
        assertThat(stages.get("stylize").doubleValue()).isPositive();
        assertThat(engines()).containsExactly("onnxruntime");
        assertThat(JobFixture.counts(stylize(0, "--set", "stylize.engine=nd4j")))
                .isEqualTo("1/0/0");
        assertThat(engines()).containsExactly("nd4j");
        assertThat(JobFixture.counts(stylize(0, "--set", "stylize.engine=nd4j", "--set", "stylize.engine-threads=1")))
                .isEqualTo("0/1/0");
        stylize(0, "--set", "stylize.engine=onnxruntime-tiled");
        assertThat(engines()).containsExactly("onnxruntime-tiled");
    }

    private List<String> engines() {
        return jobs.values("cartoons/_toonlake", Table.STYLIZED, "engine");
    }

    @ParameterizedTest
    @CsvSource({
        "local, 0, 1",
        "local[3], 8, 3",
        "local[*], 8, 0",
        "'local[2, 4]', 0, 2",
        "'local-cluster[2,1,1024]', 0, 1",
        "yarn, 0, 1",
        "yarn, 4, 4",
        "k8s://https://example.org, 0, 1",
        "spark://example.org:7077, 0, 0",
        "spark://example.org:7077, 2, 2"
    })
    void threadsAreAsManyAsAnExecutorHasCores(String master, int told, int threads) {
        assertThat(SharedStylizer.executorCores(master, Optional.of(told).filter(cores -> cores > 0)))
                .isEqualTo(threads);
    }

    @Test
    void anOutputInsideTheInputIsRefused() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);

        JsonNode summary = jobs.run(
                2,
                "stylize",
                "--model",
                jobs.at("model"),
                "--input",
                jobs.at("photos"),
                "--output",
                jobs.at("photos/out"),
                "--tables",
                jobs.at("t"));
        assertThat(summary.get("message").asText()).contains("it lies in --input");
        // A neighbour whose name only begins like the input's is another folder.
        assertThat(JobFixture.counts(jobs.run(
                        0,
                        "stylize",
                        "--model",
                        jobs.at("model"),
                        "--input",
                        jobs.at("photos"),
                        "--output",
                        jobs.at("photos-out"))))
                .isEqualTo("1/0/0");
    }

    @Test
    void noPhotoIsEverReplaced() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        jobs.photo("photos/photos/a.jpg", 2, 32, 32);
        byte[] before = Files.readAllBytes(folder.resolve("photos/a.jpg"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("photos"));

        for (String[] places : new String[][] {
            {"photos/a.jpg", "photos"},
            {"photos", ""},
            {"photos", "link/out"},
            {"link", "photos"},
            {"photos", "model/model.json"}
        }) {
            JsonNode refused = jobs.run(
                    2,
                    "stylize",
                    "--model",
                    jobs.at("model"),
                    "--input",
                    jobs.at(places[0]),
                    "--output",
                    jobs.at(places[1]),
                    "--tables",
                    jobs.at("t"));
            assertThat(refused.get("message").asText()).startsWith("Invalid --output: ");
        }
        assertThat(Files.readAllBytes(folder.resolve("photos/a.jpg"))).isEqualTo(before);
    }

    @Test
    void whatCannotBeWrittenConcernsOnePhotoOnly() throws IOException {
        jobs.photo("photos/good.jpg", 1, 32, 32);
        jobs.photo("photos/col:on 12:30.jpg", 2, 32, 32);
        jobs.photo("photos/" + "n".repeat(248) + ".png", 3, 32, 32);
        jobs.write("photos/wide.png", PixelImage.bgr(17_000, 8, new byte[3 * 17_000 * 8]));
        jobs.photo("photos/taken.png", 4, 32, 32);
        jobs.write("cartoons/taken.png.webp/inside.txt", new byte[1]);

        JsonNode summary = stylize(0, "--set", "stylize.format=webp");

        assertThat(JobFixture.counts(summary)).isEqualTo("2/0/3");
        assertThat(summary.get("reasons").toString()).isEqualTo("{\"unwritable\":3}");
        assertThat(outputs()).containsKeys("good.jpg.webp", "col:on 12:30.jpg.webp");
    }

    @Test
    void anotherRootMakesOtherPictures() throws IOException {
        jobs.photo("photos/trip/a.jpg", 1, 32, 32);
        jobs.run(
                0,
                "stylize",
                "--model",
                jobs.at("model"),
                "--input",
                jobs.at("photos/trip"),
                "--output",
                jobs.at("cartoons"));

        assertThat(JobFixture.counts(stylize(0))).isEqualTo("1/0/0");
        assertThat(outputs()).containsOnlyKeys("a.jpg", "trip/a.jpg");
    }

    @Test
    void aMissingModelIsUnreachable() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);

        JsonNode summary = jobs.run(
                4,
                "stylize",
                "--model",
                jobs.at("nowhere"),
                "--input",
                jobs.at("photos"),
                "--output",
                jobs.at("cartoons"));
        assertThat(summary.get("message").asText())
                .startsWith("Cannot read --model")
                .contains("train or import-model");
    }

    private PixelImage decoded(String name) throws Exception {
        return new ImageDecoder(new DecodeLimits(1 << 20, 1 << 20, 1))
                .decode(Files.readAllBytes(folder.resolve("cartoons").resolve(name)))
                .image();
    }

    private String sizeOf(String name) throws Exception {
        PixelImage picture = decoded(name);
        return picture.width() + "x" + picture.height();
    }

    private Map<String, byte[]> outputs() throws IOException {
        Path root = folder.resolve("cartoons");
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(file).toString();
                if (!name.startsWith("_toonlake")) {
                    files.put(name, Files.readAllBytes(file));
                }
            }
        }
        return files;
    }
}
