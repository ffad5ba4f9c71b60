package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class StylizeInputsTest {
    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;

    StylizeInputsTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() throws IOException {
        jobs = new JobFixture(spark, folder);
        TinyModel.save(folder.resolve("model"), 1);
    }

    @Test
    void aListNamesPhotosByPathOrUri() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        jobs.photo("photos/day one/b:ü.jpg", 2, 32, 32);
        jobs.photo("photos/unnamed.jpg", 3, 32, 32);
        String list =
                list("photos/a.jpg", "", jobs.at("photos/day one/b:ü.jpg"), "./photos/a.jpg", "file:/nowhere.jpg");

        JsonNode summary = stylize(0, "--input-list", list);

        assertThat(JobFixture.counts(summary)).isEqualTo("2/0/1");
        assertThat(summary.get("reasons").toString()).isEqualTo("{\"unreadable\":1}");
        String kept = folder.toRealPath().toString().substring(1);
        assertThat(outputs()).containsExactlyInAnyOrder(kept + "/photos/a.jpg", kept + "/photos/day one/b:ü.jpg");
        assertThat(JobFixture.counts(stylize(0, "--input-list", list)))
                .as("what is missing is looked for again")
                .isEqualTo("0/2/1");
    }

    @Test
    void namesOnAListMayBeAnyAndItsFolderToo() throws IOException {
        jobs.photo("trip [2019]/_DSC1.jpg", 1, 32, 32);
        jobs.photo("trip [2019]/.dotted.jpg", 2, 32, 32);
        jobs.photo("trip [2019]/b.jpg", 3, 32, 32);
        jobs.write(
                "trip [2019]/list.txt",
                "\uFEFF_DSC1.jpg \r\n\t\r\n  .dotted.jpg\r\nb.jpg".getBytes(StandardCharsets.UTF_8));
        String[] input = {"--input-list", jobs.at("trip [2019]/list.txt"), "--input-root", jobs.at("trip [2019]")};

        assertThat(JobFixture.counts(stylize(0, input))).isEqualTo("3/0/0");
        assertThat(outputs()).containsExactlyInAnyOrder("_DSC1.jpg", ".dotted.jpg", "b.jpg");
        assertThat(JobFixture.counts(stylize(0, input))).as("again").isEqualTo("0/3/0");

        Files.delete(folder.resolve("trip [2019]/list.txt"));
        JsonNode pruned = stylize(0, "--input", jobs.at("trip [2019]"), "--prune");
        assertThat(JobFixture.counts(pruned)).isEqualTo("0/2/0");
        assertThat(pruned.get("pruned").asLong())
                .as("what a listing hides may be there")
                .isZero();
        assertThat(message(stylize(4, "--input-list", jobs.at("trip [2019]/list.txt"))))
                .endsWith("trip [2019]/list.txt: no such file");
    }

    @Test
    void whatIsBadInTwoStoresUnderOneNameIsOnePhotoInEach() throws IOException {
        jobs.write("photos/a.jpg", new byte[] {1, 2, 3});
        spark.sparkContext().hadoopConfiguration().set("fs.s3night.impl", NightStore.class.getName());
        String photo = folder.toRealPath() + "/photos/a.jpg";
        stylize(0, "--set=max-quarantined-fraction=1", "--input-list", list(photo));
        String moved = list("s3night:" + photo);
        stylize(0, "--set=max-quarantined-fraction=1", "--input-list", moved);

        assertThat(JobFixture.counts(stylize(0, "--set=max-quarantined-fraction=1", "--input-list", moved)))
                .isEqualTo("0/0/1");
        jobs.photo("photos/a.jpg", 1, 32, 32);
        assertThat(JobFixture.counts(stylize(0, "--input-list", moved))).isEqualTo("1/0/0");
        assertThat(jobs.rows("cartoons/_toonlake", Table.STYLIZED).count()).isEqualTo(1);
        assertThat(JobFixture.counts(stylize(0, "--input-list", moved))).isEqualTo("0/1/0");
    }

    @Test
    void theRootSaysWhichFoldersPicturesKeep() throws IOException {
        jobs.photo("photos/trip/a.jpg", 1, 32, 32);
        String list = list("photos/trip/a.jpg");

        stylize(0, "--input-list", list, "--input-root", jobs.at("photos"));
        assertThat(outputs()).containsExactly("trip/a.jpg");

        assertThat(message(stylize(2, "--input-list", list, "--input-root", jobs.at("model"))))
                .startsWith("Invalid --input-root: ")
                .contains("photos/trip/a.jpg does not lie below it");
        assertThat(message(stylize(2, "--input", jobs.at("photos"), "--input-root", jobs.at("photos"))))
                .contains("it goes with --input-list");
    }

    @Test
    void namedPhotosAreNeverReplacedAndNeverShareAPicture() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        byte[] before = Files.readAllBytes(folder.resolve("photos/a.jpg"));
        String photo = folder.toRealPath() + "/photos/a.jpg";
        String list = list(photo, "s3night:" + photo);
        spark.sparkContext().hadoopConfiguration().set("fs.s3night.impl", NightStore.class.getName());

        assertThat(message(stylize(2, "--input-list", list))).contains("would have the same picture");
        assertThat(message(jobs.run(
                        2,
                        "stylize",
                        "--model",
                        jobs.at("model"),
                        "--input-list",
                        list("photos/a.jpg"),
                        "--input-root",
                        jobs.at("photos"),
                        "--output",
                        jobs.at("photos"),
                        "--tables",
                        jobs.at("t"))))
                .contains("would replace the photo");
        assertThat(Files.readAllBytes(folder.resolve("photos/a.jpg"))).isEqualTo(before);
        assertThat(folder.resolve("photos/_toonlake")).doesNotExist();
    }

    @Test
    void aCollectionIsStylizedByItsTable() throws IOException {
        jobs.photo("photos/a.jpg", 1, 160, 160);
        jobs.photo("photos/b.jpg", 20, 140, 170);
        jobs.write("photos/broken.jpg", new byte[] {1, 2, 3});
        jobs.run(
                3,
                "ingest",
                "--domain",
                "photo",
                "--collection",
                "flickr",
                "--input",
                jobs.at("photos"),
                "--tables",
                jobs.at("lake"));
        String[] input = {
            "--collection", "flickr", "--images-tables", jobs.at("lake"), "--input-root", jobs.at("photos")
        };

        JsonNode summary = stylize(0, with(input, "--min-side-pixels", "150"));

        assertThat(JobFixture.counts(summary)).isEqualTo("1/0/0");
        assertThat(summary.get("filtered").asLong()).isEqualTo(1);
        JsonNode smaller = stylize(0, with(input, "--max-pixels", "23800"));
        assertThat(JobFixture.counts(smaller)).isEqualTo("1/0/0");
        assertThat(smaller.get("filtered").asLong()).isEqualTo(1);
        assertThat(JobFixture.counts(stylize(0, input))).isEqualTo("0/2/0");
        assertThat(message(stylize(2, "--collection", "nobody", "--images-tables", jobs.at("lake"))))
                .contains("no such collection");
        assertThat(message(stylize(2, "--collection", "flickr"))).contains("--images-tables");
    }

    @Test
    void anInventoryOfCsvNamesTheLatestObjects() throws IOException {
        jobs.photo("photos/trip/day one+ü,.jpg", 1, 32, 32);
        jobs.photo("photos/b.jpg", 2, 32, 32);
        String row = "\"bucket\",\"%s\",\"%s\",\"%s\",\"%d\",\"2026-11-25T01:02:03.000Z\",\"etag\"%n";
        String csv = String.format(row, "trip/day+one%2B%C3%BC%2C.jpg", true, false, size("trip/day one+ü,.jpg"))
                + String.format(row, "b.jpg", true, false, size("b.jpg"))
                + String.format(row, "b.jpg", false, false, 5)
                + String.format(row, "gone.jpg", true, true, 0)
                + String.format(row, "trip/", true, false, 0)
                + String.format(row, "trip/.hidden/c.jpg", true, false, 9);
        jobs.write("inventory/photos/daily/data/one.csv.gz", zipped(csv));
        String manifest = manifest(
                "CSV",
                "Bucket, Key, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag",
                "photos/daily/data/one.csv.gz");

        JsonNode summary = stylize(0, "--inventory", manifest, "--bucket-uri", jobs.at("photos"));

        assertThat(JobFixture.counts(summary)).isEqualTo("2/0/0");
        assertThat(jobs.rows("cartoons/_toonlake", Table.STYLIZED)
                        .filter("modified = timestamp'2026-11-25 01:02:03Z'")
                        .count())
                .as("what the inventory says, nobody asks the bucket")
                .isEqualTo(2);
        assertThat(outputs()).anyMatch(name -> name.endsWith("photos/trip/day one+ü,.jpg"));
        assertThat(JobFixture.counts(stylize(0, "--inventory", manifest, "--bucket-uri", jobs.at("photos"))))
                .isEqualTo("0/2/0");
    }

    @Test
    void anInventoryOfParquetMayLackSizes() throws IOException {
        jobs.photo("photos/100%2B.jpg", 1, 32, 32);
        Path data = folder.resolve("inventory/data");
        spark.sql("SELECT 'bucket' AS bucket, '100%2B.jpg' AS key")
                .coalesce(1)
                .write()
                .parquet(data.toString());
        String file;
        try (Stream<Path> files = Files.list(data)) {
            file = files.map(each -> each.getFileName().toString())
                    .filter(name -> name.endsWith(".parquet"))
                    .findFirst()
                    .orElseThrow();
        }

        JsonNode summary = stylize(
                0,
                "--inventory",
                manifest("Parquet", "message s3.inventory {}", "elsewhere/" + file),
                "--bucket-uri",
                jobs.at("photos"),
                "--input-root",
                jobs.at("photos"));

        assertThat(JobFixture.counts(summary)).isEqualTo("1/0/0");
        assertThat(outputs()).as("keys are encoded in CSV only").containsExactly("100%2B.jpg");
    }

    @Test
    void anInventoryThatCannotBeReadSaysWhy() throws IOException {
        jobs.write("photos/a.txt", "not JSON".getBytes(StandardCharsets.UTF_8));

        assertThat(message(stylize(2, "--inventory", jobs.at("photos/a.txt"))))
                .contains("name the inventory's manifest.json");
        assertThat(message(stylize(2, "--inventory", manifest("ORC", "", "b/c.orc"))))
                .contains("ORC")
                .contains("Parquet");
        assertThat(message(stylize(4, "--inventory", manifest("CSV", "Bucket, Key", "b/c.csv.gz"))))
                .contains("b/c.csv.gz");
    }

    @Test
    void whatFiltersPassOverIsCounted() throws IOException {
        jobs.photo("photos/a.jpg", 1, 64, 64);
        jobs.photo("photos/small.jpg", 2, 64, 20);
        jobs.photo("photos/large.jpg", 6, 64, 65);
        jobs.photo("photos/trip/b.png", 3, 64, 64);
        jobs.photo("photos/trip/raw/c.jpg", 4, 64, 64);
        jobs.photo("photos/old.jpg", 5, 64, 64);
        Files.setLastModifiedTime(folder.resolve("photos/old.jpg"), FileTime.fromMillis(1_000_000_000_000L));
        jobs.write("photos/tiny.jpg", new byte[3]);
        String[] filters = {
            "--input",
            jobs.at("photos"),
            "--include",
            "*.jpg",
            "--exclude",
            "trip/raw/**",
            "--modified-since",
            "2010-01-01",
            "--min-bytes",
            "10",
            "--min-side-pixels",
            "40",
            "--max-pixels",
            "4096"
        };

        JsonNode summary = stylize(0, filters);

        assertThat(outputs()).containsExactly("a.jpg");
        assertThat(JobFixture.counts(summary)).isEqualTo("1/0/0");
        assertThat(summary.get("filtered").asLong()).isEqualTo(6);
        assertThat(summary.get("read").asLong()).isEqualTo(7);
        assertThat(jobs.rows("cartoons/_toonlake", Table.QUARANTINE).count()).isZero();
        assertThat(jobs.rows("cartoons/_toonlake", Table.RUNS).head().<Long>getAs("filtered"))
                .isEqualTo(6);
        assertThat(JobFixture.counts(stylize(0, with(filters, "--modified-before", "2005-01-01T00:00:00Z"))))
                .isEqualTo("0/0/0");
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        String photos = jobs.at("photos");

        assertThat(message(stylize(2, "--input", photos, "--include", "[a"))).startsWith("Invalid --include: [a (");
        assertThat(message(stylize(2, "--input", photos, "--max-pixels", "0")))
                .isEqualTo("Invalid --max-pixels: 0 (must be >= 1)");
        assertThat(message(stylize(2, "--input", photos, "--modified-since", "yesterday")))
                .startsWith("Invalid --modified-since: yesterday (");
        assertThat(Main.run("stylize", "--model", jobs.at("model"), "--output", jobs.at("cartoons")))
                .isEqualTo(2);
        assertThat(Main.run(
                        "stylize",
                        "--model",
                        jobs.at("model"),
                        "--output",
                        jobs.at("cartoons"),
                        "--input",
                        photos,
                        "--input-list",
                        photos))
                .isEqualTo(2);
    }

    private JsonNode stylize(int exitCode, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "stylize",
                "--model",
                jobs.at("model"),
                "--output",
                jobs.at("cartoons"),
                "--set",
                "max-quarantined-fraction=0.9"));
        command.addAll(Arrays.asList(more));
        return jobs.run(exitCode, command.toArray(String[]::new));
    }

    private static String[] with(String[] first, String... more) {
        return Stream.of(first, more).flatMap(Stream::of).toArray(String[]::new);
    }

    private static String message(JsonNode summary) {
        return summary.get("message").asText();
    }

    private String list(String... lines) throws IOException {
        jobs.write("list.txt", (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        return jobs.at("list.txt");
    }

    private String manifest(String format, String schema, String key) throws IOException {
        String json = String.format(
                "{\"sourceBucket\": \"bucket\", \"destinationBucket\": \"arn:aws:s3:::inventories\", \"fileFormat\": \"%s\", "
                        + "\"fileSchema\": \"%s\", \"files\": [{\"key\": \"%s\", \"size\": 1}]}",
                format, schema, key);
        jobs.write("inventory/manifest.json", json.getBytes(StandardCharsets.UTF_8));
        return jobs.at("inventory/manifest.json");
    }

    private long size(String photo) throws IOException {
        return Files.size(folder.resolve("photos").resolve(photo));
    }

    private static byte[] zipped(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private List<String> outputs() throws IOException {
        Path root = folder.resolve("cartoons");
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .filter(name -> !name.startsWith("_toonlake"))
                    .toList();
        }
    }
}
