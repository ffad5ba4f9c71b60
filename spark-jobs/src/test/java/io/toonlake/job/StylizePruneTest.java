package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class StylizePruneTest {
    private static final String ALL = "stylize.max-pruned-fraction=1";

    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;

    StylizePruneTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() throws IOException {
        jobs = new JobFixture(spark, folder);
        TinyModel.save(folder.resolve("model"), 1);
        jobs.photo("photos/a.jpg", 1, 32, 32);
        jobs.photo("photos/b.jpg", 2, 32, 32);
        jobs.photo("photos/c.png", 3, 32, 32);
        jobs.photo("photos/trip/d:1 ü.jpg", 4, 32, 32);
    }

    @Test
    void picturesOfGonePhotosGoWithTheirRowsWhereAskedTo() throws IOException {
        stylize(0, "photos");
        Files.delete(folder.resolve("photos/trip/d:1 ü.jpg"));
        byte[] kept = Files.readAllBytes(folder.resolve("cartoons/a.jpg"));
        jobs.photo("photos/new.jpg", 5, 32, 32);

        assertThat(pruned(stylize(0, "photos"))).as("not asked for").isZero();
        assertThat(pictures()).contains("trip/d:1 ü.jpg");

        JsonNode summary = stylize(0, "photos", "--prune");

        assertThat(pruned(summary)).isEqualTo(1);
        assertThat(JobFixture.counts(summary)).isEqualTo("0/4/0");
        assertThat(pictures()).containsExactlyInAnyOrder("a.jpg", "b.jpg", "c.png.jpg", "new.jpg");
        assertThat(rows()).containsExactlyInAnyOrder("a.jpg", "b.jpg", "c.png.jpg", "new.jpg");
        assertThat(Files.readAllBytes(folder.resolve("cartoons/a.jpg"))).isEqualTo(kept);
        assertThat(jobs.rows("cartoons/_toonlake", Table.RUNS)
                        .filter("pruned = 1")
                        .count())
                .isEqualTo(1);
        assertThat(pruned(stylize(0, "photos", "--prune"))).as("again").isZero();
    }

    @Test
    void picturesInShardsAreNotPruned() throws IOException {
        String packed = "stylize.output.layout=webdataset";
        stylize(0, "photos", "--set", packed);
        Files.delete(folder.resolve("photos/a.jpg"));

        assertThat(message(stylize(2, "photos", "--prune", "--set", packed)))
                .startsWith("Invalid --prune: it does not go with stylize.output.layout = webdataset (");
        assertThat(pruned(stylize(0, "photos", "--prune"))).isZero();
        assertThat(rows()).as("the picture of a.jpg is in its shard still").contains("a.jpg");
    }

    @Test
    void whatFiltersPassOverIsNotGone() throws IOException {
        stylize(0, "photos");

        JsonNode summary = stylize(0, "photos", "--prune", "--include", "*.png", "--min-bytes", "1000000");

        assertThat(summary.get("filtered").asLong()).isEqualTo(4);
        assertThat(pruned(summary)).isZero();
        assertThat(pictures()).hasSize(4);
    }

    @Test
    void moreThanTheAllowedShareIsRefusedBeforeAnythingIsDone() throws IOException {
        stylize(0, "photos");
        for (String photo : List.of("a.jpg", "b.jpg", "c.png")) {
            Files.delete(folder.resolve("photos").resolve(photo));
        }
        jobs.photo("photos/new.jpg", 5, 32, 32);

        assertThat(message(stylize(2, "photos", "--prune")))
                .startsWith("Invalid --prune: it would delete 3 of 4 pictures, file:/")
                .contains("stylize.max-pruned-fraction = 0.5")
                .contains("--set stylize.max-pruned-fraction=1");
        assertThat(pictures()).containsExactlyInAnyOrder("a.jpg", "b.jpg", "c.png.jpg", "trip/d:1 ü.jpg");
        assertThat(rows()).hasSize(4);

        assertThat(pruned(stylize(0, "photos", "--prune", "--set", "stylize.max-pruned-fraction=0.75")))
                .isEqualTo(3);
        assertThat(pictures()).containsExactlyInAnyOrder("new.jpg", "trip/d:1 ü.jpg");
    }

    @Test
    void anInputThatIsNotThereOrEmptyDeletesNothing() throws IOException {
        stylize(0, "photos");
        Files.move(folder.resolve("photos"), folder.resolve("away"));

        assertThat(message(stylize(4, "photos", "--prune", "--set", ALL))).startsWith("Cannot read --input ");
        Files.createDirectories(folder.resolve("photos"));
        assertThat(message(stylize(2, "photos", "--prune"))).contains("4 of 4 pictures");

        assertThat(pictures()).hasSize(4);
        assertThat(rows()).hasSize(4);
    }

    @Test
    void aDiskThatIsNotThereHidesPhotosAndDoesNotDeleteThem() throws IOException {
        jobs.photo("my disk/e.jpg", 5, 32, 32);
        Files.createSymbolicLink(folder.resolve("photos/on my disk"), folder.resolve("my disk"));
        stylize(0, "photos");
        assertThat(pictures()).contains("on my disk/e.jpg");
        Files.move(folder.resolve("my disk"), folder.resolve("away"));

        JsonNode summary = stylize(0, "photos", "--prune", "--set", ALL);

        assertThat(summary.get("reasons").toString()).isEqualTo("{\"unreadable\":1}");
        assertThat(pruned(summary)).isZero();
        assertThat(pictures()).contains("on my disk/e.jpg");
    }

    @Test
    void whatAKilledRunHasBegunIsDone() throws IOException {
        stylize(0, "photos");
        Files.delete(folder.resolve("photos/a.jpg"));
        Files.delete(folder.resolve("cartoons/a.jpg"));

        assertThat(pruned(stylize(0, "photos", "--prune"))).isEqualTo(1);

        assertThat(rows()).containsExactlyInAnyOrder("b.jpg", "c.png.jpg", "trip/d:1 ü.jpg");
    }

    @Test
    void onlyWhatWasMadeHereIsDeleted() throws IOException {
        stylize(0, "photos");
        Files.delete(folder.resolve("photos/a.jpg"));
        Files.delete(folder.resolve("photos/trip/d:1 ü.jpg"));
        jobs.write("cartoons/a.jpg", new byte[] {1, 2, 3});
        jobs.write("cartoons/mine.jpg", new byte[] {1});
        // Where the picture's folder was, a link leads to a place with a file of its name and size.
        Files.move(folder.resolve("cartoons/trip"), folder.resolve("elsewhere"));
        Files.createSymbolicLink(folder.resolve("cartoons/trip"), folder.resolve("elsewhere"));

        assertThat(pruned(stylize(0, "photos", "--prune", "--set", ALL))).isEqualTo(2);

        assertThat(rows()).containsExactlyInAnyOrder("b.jpg", "c.png.jpg");
        assertThat(folder.resolve("cartoons/a.jpg")).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(folder.resolve("cartoons/mine.jpg")).exists();
        assertThat(folder.resolve("elsewhere/d:1 ü.jpg")).exists();
    }

    @Test
    void anotherInputsPicturesStay() throws IOException {
        jobs.photo("more/e.jpg", 5, 32, 32);
        jobs.photo("photos and more/f.jpg", 6, 32, 32);
        stylize(0, "photos");
        stylize(0, "more");
        stylize(0, "photos and more");
        Files.delete(folder.resolve("more/e.jpg"));
        Files.delete(folder.resolve("photos and more/f.jpg"));
        Files.delete(folder.resolve("photos/a.jpg"));

        assertThat(pruned(stylize(0, "photos", "--prune"))).isEqualTo(1);

        assertThat(pictures()).containsExactlyInAnyOrder("b.jpg", "c.png.jpg", "trip/d:1 ü.jpg", "e.jpg", "f.jpg");
    }

    @Test
    void otherFormatsPicturesStayAsLongAsTheirPhotos() throws IOException {
        stylize(0, "photos");
        stylize(0, "photos", "--prune", "--set", "stylize.format=png");
        assertThat(pictures()).hasSize(8);
        Files.delete(folder.resolve("photos/a.jpg"));

        assertThat(pruned(stylize(0, "photos", "--prune", "--set", "stylize.format=png")))
                .isEqualTo(2);
        assertThat(pictures()).hasSize(6).doesNotContain("a.jpg", "a.jpg.png");
    }

    @Test
    void aNameThatAnotherPhotosPictureHasByNowIsNotDeleted() throws IOException {
        stylize(0, "photos/trip");
        assertThat(pictures()).containsExactly("d:1 ü.jpg");
        Files.move(folder.resolve("photos/trip/d:1 ü.jpg"), folder.resolve("photos/d:1 ü.jpg"));

        JsonNode summary = stylize(0, "photos", "--prune", "--set", ALL);

        assertThat(JobFixture.counts(summary)).isEqualTo("4/0/0");
        assertThat(pruned(summary)).isZero();
        assertThat(pictures()).contains("d:1 ü.jpg");
        assertThat(pruned(stylize(0, "photos", "--prune", "--set", ALL))).isZero();
    }

    @Test
    void theQuarantineForgetsThemToo() throws IOException {
        stylize(0, "photos");
        jobs.write("photos/a.jpg", new byte[] {1, 2, 3});
        jobs.write("photos/broken.jpg", new byte[] {1, 2, 3});
        stylize(0, "photos");
        assertThat(jobs.values("cartoons/_toonlake", Table.QUARANTINE, "path")).hasSize(2);
        Files.delete(folder.resolve("photos/a.jpg"));

        stylize(0, "photos", "--prune");

        assertThat(jobs.values("cartoons/_toonlake", Table.QUARANTINE, "path"))
                .singleElement()
                .asString()
                .endsWith("/broken.jpg");

        // It never had a picture.
        Files.delete(folder.resolve("photos/broken.jpg"));
        stylize(0, "photos");
        assertThat(jobs.values("cartoons/_toonlake", Table.QUARANTINE, "path")).hasSize(1);
        assertThat(pruned(stylize(0, "photos", "--prune"))).isZero();
        assertThat(jobs.values("cartoons/_toonlake", Table.QUARANTINE, "path")).isEmpty();
    }

    @Test
    void aListOfManyFoldersIsComparedByTasks() throws IOException {
        for (int i = 0; i < 130; i++) {
            jobs.photo("many/" + i % 13 + "/" + i + "/a.png", i, 16, 16);
        }
        stylize(0, "many");
        for (int i = 0; i < 130; i += 3) {
            Files.delete(folder.resolve("many/" + i % 13 + "/" + i + "/a.png"));
        }

        assertThat(pruned(stylize(0, "many", "--prune"))).isEqualTo(44);
        assertThat(pictures()).hasSize(86);
        assertThat(rows()).containsExactlyInAnyOrderElementsOf(pictures());
    }

    @Test
    void anInventoryPrunesWhatWasThereBeforeIt() throws IOException {
        stylize(0, "photos");
        jobs.write(
                "inventory/data/one.csv",
                "\"bucket\",\"a.jpg\"\n\"bucket\",\"c.png\"\n".getBytes(StandardCharsets.UTF_8));
        String[] input = {"--input-root", jobs.at("photos"), "--bucket-uri", jobs.at("photos"), "--prune", "--set", ALL
        };

        assertThat(pruned(inventory(System.currentTimeMillis() - 86_400_000, input)))
                .as("photos that came later")
                .isZero();
        assertThat(pictures()).hasSize(4);
        assertThat(pruned(inventory(System.currentTimeMillis() + 86_400_000, input)))
                .isEqualTo(2);
        assertThat(pictures()).containsExactlyInAnyOrder("a.jpg", "c.png.jpg");
    }

    private JsonNode inventory(long made, String... more) throws IOException {
        jobs.write(
                "inventory/manifest.json",
                ("{\"sourceBucket\": \"bucket\", \"destinationBucket\": \"arn:aws:s3:::inventories\", \"fileFormat\": \"CSV\", "
                                + "\"fileSchema\": \"Bucket, Key\", \"creationTimestamp\": \"" + made
                                + "\", \"files\": [{\"key\": \"one.csv\"}]}")
                        .getBytes(StandardCharsets.UTF_8));
        return jobs.run(
                0,
                with(
                        new String[] {
                            "stylize",
                            "--model",
                            jobs.at("model"),
                            "--inventory",
                            jobs.at("inventory/manifest.json"),
                            "--output",
                            jobs.at("cartoons")
                        },
                        more));
    }

    @Test
    void aCollectionPrunesWhatItHasNoMore() throws IOException {
        for (String photo : List.of("a", "b", "c")) {
            jobs.photo("frames/" + photo + ".jpg", photo.charAt(0), 160, 160);
        }
        jobs.run(
                0,
                "ingest",
                "--domain",
                "photo",
                "--collection",
                "flickr",
                "--input",
                jobs.at("frames"),
                "--tables",
                jobs.at("lake"));
        String[] command = {
            "stylize",
            "--model",
            jobs.at("model"),
            "--collection",
            "flickr",
            "--images-tables",
            jobs.at("lake"),
            "--output",
            jobs.at("cartoons"),
            "--input-root",
            jobs.at("frames"),
            "--prune"
        };
        jobs.run(0, command);
        spark.sql("DELETE FROM delta.`" + jobs.at("lake/images") + "` WHERE path LIKE '%/b.jpg'");

        assertThat(pruned(jobs.run(0, command))).isEqualTo(1);
        assertThat(pictures()).containsExactlyInAnyOrder("a.jpg", "c.jpg");
    }

    @Test
    void inputsThatDoNotSayWhatIsGoneAreRefused() throws IOException {
        jobs.write("list.txt", (jobs.at("photos/a.jpg") + "\n").getBytes(StandardCharsets.UTF_8));
        String[] common = {"stylize", "--model", jobs.at("model"), "--output", jobs.at("cartoons"), "--prune"};

        assertThat(message(jobs.run(2, with(common, "--input-list", jobs.at("list.txt")))))
                .startsWith("Invalid --prune: it does not go with --input-list ")
                .contains("give their folder to --input");
        assertThat(message(jobs.run(2, with(common, "--input", jobs.at("photos/a.jpg")))))
                .startsWith("Invalid --prune: --input ")
                .contains("name the folder");
        jobs.write("inventory/data/one.csv", "\"bucket\",\"a.jpg\"\n".getBytes(StandardCharsets.UTF_8));
        jobs.write(
                "inventory/manifest.json",
                ("{\"sourceBucket\": \"bucket\", \"destinationBucket\": \"b\", \"fileFormat\": \"CSV\", "
                                + "\"fileSchema\": \"Bucket, Key\", \"files\": [{\"key\": \"one.csv\"}]}")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(message(jobs.run(
                        2,
                        with(
                                common,
                                "--inventory",
                                jobs.at("inventory/manifest.json"),
                                "--bucket-uri",
                                jobs.at("photos")))))
                .startsWith("Invalid --prune: it takes --input-root ");
        assertThat(folder.resolve("cartoons")).doesNotExist();
    }

    private JsonNode stylize(int exitCode, String input, String... more) throws IOException {
        return jobs.run(
                exitCode,
                with(
                        new String[] {
                            "stylize",
                            "--model",
                            jobs.at("model"),
                            "--input",
                            jobs.at(input),
                            "--output",
                            jobs.at("cartoons"),
                            "--set",
                            "max-quarantined-fraction=1"
                        },
                        more));
    }

    private static String[] with(String[] first, String... more) {
        List<String> all = new ArrayList<>(Arrays.asList(first));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    private static long pruned(JsonNode summary) {
        return summary.get("pruned").asLong();
    }

    private static String message(JsonNode summary) {
        return summary.get("message").asText();
    }

    /** What table {@code stylized} names, below the output. */
    private List<String> rows() throws IOException {
        String output = "file:" + folder.toRealPath().resolve("cartoons") + "/";
        return jobs.values("cartoons/_toonlake", Table.STYLIZED, "output").stream()
                .map(name -> name.substring(output.length()))
                .toList();
    }

    private List<String> pictures() throws IOException {
        Path root = folder.resolve("cartoons");
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .filter(name -> !name.startsWith("_toonlake"))
                    .toList();
        }
    }
}
