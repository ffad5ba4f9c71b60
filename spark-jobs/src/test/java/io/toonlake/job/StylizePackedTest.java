package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.config.Fingerprint;
import io.toonlake.packing.Intentions;
import io.toonlake.packing.Intentions.Intention;
import io.toonlake.storage.Storage;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SparkExtension.class)
class StylizePackedTest {
    private static final List<String> ODD = List.of(
            "a.jpg",
            "a.png",
            "x.JPG",
            "x.jpeg",
            "x.jpeg.jpg",
            "v1.2/b+c %41 100%.jpg",
            "ünï ☂/12:30.png",
            "n'o \"q\"/{a,b}*.webp");

    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;

    StylizePackedTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() throws IOException {
        jobs = new JobFixture(spark, folder);
        TinyModel.save(folder.resolve("model"), 1);
    }

    private JsonNode stylize(String output, String layout, String... more) throws IOException {
        List<String> options = new ArrayList<>(
                List.of("--set", "stylize.output.layout=" + layout, "--set", "max-quarantined-fraction=0.9"));
        options.addAll(Arrays.asList(more));
        return jobs.stylize(0, jobs.at("photos"), jobs.at(output), options.toArray(String[]::new));
    }

    /** What a shard has of a photo. */
    private record Found(String shard, String key, JsonNode said, byte[] picture) {}

    private List<Path> shards(String output, String layout) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve(output).resolve(layout))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private List<Found> found(String output, String layout) throws IOException {
        return layout.equals("parquet") ? inParquet(output) : inTar(output);
    }

    private List<Found> inParquet(String output) {
        ObjectMapper json = new ObjectMapper();
        return spark
                .read()
                .parquet(folder.resolve(output).resolve("parquet").toUri().toString())
                .selectExpr(
                        "element_at(split(_metadata.file_name, '/'), -1)",
                        "key",
                        "to_json(struct(path, sha256, width, height, model))",
                        "picture")
                .collectAsList()
                .stream()
                .map(row -> {
                    try {
                        return new Found(
                                row.getString(0), row.getString(1), json.readTree(row.getString(2)), row.getAs(3));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
    }

    private List<Found> inTar(String output) throws IOException {
        List<Found> found = new ArrayList<>();
        for (Path shard : shards(output, "webdataset")) {
            try (InputStream file = Files.newInputStream(shard);
                    TarArchiveInputStream in = new TarArchiveInputStream(file, "UTF-8")) {
                for (TarArchiveEntry entry = in.getNextTarEntry(); entry != null; entry = in.getNextTarEntry()) {
                    String picture = entry.getName();
                    byte[] bytes = in.readAllBytes();
                    String said = in.getNextTarEntry().getName();
                    String key = said.substring(0, said.length() - ".json".length());
                    assertThat(picture).isEqualTo(key + ".jpg");
                    found.add(new Found(
                            shard.getFileName().toString(),
                            key,
                            new ObjectMapper().readTree(in.readAllBytes()),
                            bytes));
                }
            }
        }
        return found;
    }

    /** Of a table's row, the sample that it names. */
    private static Found of(Row row, List<Found> found) {
        List<Found> those = found.stream()
                .filter(sample -> row.<String>getAs("shard").endsWith("/" + sample.shard())
                        && sample.key().equals(row.getAs("sample_key")))
                .toList();
        assertThat(those).as(row.toString()).hasSize(1);
        return those.get(0);
    }

    private List<Row> rows(String output) {
        return jobs.rows(output + "/_toonlake", Table.STYLIZED).collectAsList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"webdataset", "parquet"})
    void shardsHoldThePicturesThatFilesWouldBe(String layout) throws IOException {
        long seed = 0;
        for (String photo : ODD) {
            jobs.photo("photos/" + photo, ++seed, 40, 30);
        }
        jobs.write("photos/broken.jpg", new byte[] {1, 2, 3});
        assertThat(JobFixture.counts(stylize("files", "files"))).isEqualTo("8/0/1");

        assertThat(JobFixture.counts(stylize("packed", layout))).isEqualTo("8/0/1");

        List<Found> found = found("packed", layout);
        assertThat(found).hasSize(ODD.size());
        assertThat(found).extracting(Found::key).doesNotHaveDuplicates().noneMatch(key -> key.contains("."));
        assertThat(rows("packed")).hasSize(ODD.size());
        for (Row row : rows("packed")) {
            Found sample = of(row, found);
            Path shard = Path.of(row.<String>getAs("shard").replaceFirst("^file:", ""));
            Path file = folder.resolve("files")
                    .resolve(folder.resolve("packed")
                            .relativize(Path.of(row.<String>getAs("output").replaceFirst("^file:", ""))));
            assertThat(sample.picture()).as(sample.key()).isEqualTo(Files.readAllBytes(file));
            assertThat(Files.size(shard)).isEqualTo(row.<Long>getAs("shard_bytes"));
            JsonNode said = sample.said();
            assertThat(said.get("path").asText()).isEqualTo(row.<String>getAs("path"));
            assertThat(said.get("sha256").asText())
                    .isEqualTo(row.<String>getAs("sha256"))
                    .isEqualTo(Fingerprint.of(
                            Files.readAllBytes(Path.of(row.<String>getAs("path").replaceFirst("^file:", "")))));
            assertThat(said.get("width").asInt() + "x" + said.get("height").asInt())
                    .isEqualTo("40x30");
            assertThat(said.get("model").asText()).isEqualTo(row.<String>getAs("model_fingerprint"));
            if (layout.equals("webdataset")) {
                int from = row.<Long>getAs("picture_offset").intValue();
                assertThat(Arrays.copyOfRange(Files.readAllBytes(shard), from, from + sample.picture().length))
                        .isEqualTo(sample.picture());
            } else {
                assertThat(row.<Long>getAs("picture_offset")).isNull();
            }
        }
        assertThat(folder.resolve("packed/_toonlake/packing")).isEmptyDirectory();
        try (Stream<Path> all = Files.walk(folder.resolve("packed"))) {
            assertThat(all.filter(Files::isRegularFile)
                            .map(path ->
                                    folder.resolve("packed").relativize(path).toString())
                            .filter(path -> !path.startsWith("_toonlake/")))
                    .containsExactly(layout + "/cartoons-000000." + (layout.equals("parquet") ? "parquet" : "tar"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"webdataset", "parquet"})
    void newPhotosGoToNewShardsAndTheSecondRunDoesNothing(String layout) throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        jobs.photo("photos/b.jpg", 2, 32, 32);
        assertThat(JobFixture.counts(stylize("packed", layout))).isEqualTo("2/0/0");
        Path first = shards("packed", layout).get(0);
        FileTime written = Files.getLastModifiedTime(first);

        assertThat(JobFixture.counts(stylize("packed", layout))).isEqualTo("0/2/0");
        jobs.photo("photos/0.jpg", 3, 32, 32);
        assertThat(JobFixture.counts(stylize("packed", layout))).isEqualTo("1/2/0");
        assertThat(JobFixture.counts(stylize("packed", layout))).isEqualTo("0/3/0");

        assertThat(shards("packed", layout)).hasSize(2).first().isEqualTo(first);
        assertThat(Files.getLastModifiedTime(first)).isEqualTo(written);
        assertThat(found("packed", layout)).extracting(Found::key).containsExactlyInAnyOrder("a", "b", "0");
        Files.delete(first);
        assertThat(JobFixture.counts(stylize("packed", layout)))
                .as("without its shard")
                .isEqualTo("2/1/0");
        assertThat(found("packed", layout)).extracting(Found::key).containsExactlyInAnyOrder("a", "b", "0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"webdataset", "parquet"})
    void aChangedPhotosSampleIsInANewShardAndShardsWithoutASampleThatCountsGo(String layout) throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        jobs.photo("photos/b.jpg", 2, 32, 32);
        stylize("packed", layout);
        jobs.photo("photos/a.jpg", 3, 36, 32);
        assertThat(JobFixture.counts(stylize("packed", layout))).isEqualTo("1/1/0");

        List<Found> found = found("packed", layout);
        assertThat(found).as("with the one that counts no longer").hasSize(3);
        Map<String, String> counting = new TreeMap<>();
        rows("packed").forEach(row -> {
            Found sample = of(row, found);
            counting.put(
                    sample.key(),
                    sample.shard().replaceAll("\\D+", "") + " " + sample.said().get("width"));
        });
        assertThat(counting).hasToString("{a=000001 36, b=000000 32}");

        jobs.photo("photos/b.jpg", 4, 40, 32);
        assertThat(JobFixture.counts(stylize("packed", layout))).isEqualTo("1/1/0");
        assertThat(found("packed", layout)).extracting(Found::key).containsExactlyInAnyOrder("a", "b");
        assertThat(shards("packed", layout))
                .extracting(path -> path.getFileName().toString().replaceAll("\\D+", ""))
                .containsExactly("000001", "000002");

        assertThat(JobFixture.counts(stylize("packed", layout, "--set", "stylize.strength=0.5")))
                .isEqualTo("2/0/0");
        assertThat(shards("packed", layout)).singleElement().asString().contains("000003");
        assertThat(rows("packed")).hasSize(2);
    }

    @Test
    void shardsHaveTheSizeThatWasAskedForAndTheSameBytesAgain() throws IOException {
        for (int i = 0; i < 12; i++) {
            jobs.photo("photos/" + (char) ('a' + i) + ".png", i, 64, 48);
        }
        jobs.write("photos/e2.png", new byte[] {1, 2, 3});
        String size = "stylize.output.shard-size=16KiB";

        assertThat(JobFixture.counts(stylize("one", "webdataset", "--set", size)))
                .isEqualTo("12/0/1");
        assertThat(JobFixture.counts(stylize("two", "webdataset", "--set", size)))
                .isEqualTo("12/0/1");

        List<Path> one = shards("one", "webdataset");
        List<Path> two = shards("two", "webdataset");
        assertThat(one).hasSizeGreaterThan(2);
        assertThat(two).hasSameSizeAs(one);
        for (int i = 0; i < one.size(); i++) {
            assertThat(one.get(i)).hasFileName("cartoons-00000" + i + ".tar");
            assertThat(one.get(i)).hasSameBinaryContentAs(two.get(i));
            assertThat(Files.size(one.get(i))).isLessThan(20_000);
        }
        assertThat(found("one", "webdataset")).extracting(Found::key).isSorted().hasSize(12);
        stylize("batches", "webdataset", "--set", "stylize.images-per-commit=5");
        assertThat(found("batches", "webdataset"))
                .extracting(Found::key)
                .hasSize(12)
                .doesNotHaveDuplicates();
        assertThat(shards("batches", "webdataset")).hasSize(3);
    }

    /** The state between the two commits, as a kill leaves it: shards without their rows. */
    @ParameterizedTest
    @ValueSource(strings = {"webdataset", "parquet"})
    void shardsThatAKilledRunHasShownWithoutRowsAreMadeAgain(String layout) throws IOException {
        String extension = layout.equals("parquet") ? ".parquet" : ".tar";
        jobs.photo("photos/a.jpg", 1, 32, 32);
        stylize("packed", layout);
        jobs.photo("photos/b.jpg", 2, 32, 32);
        stylize("packed", layout);
        String tables = folder.resolve("packed/_toonlake").toString();
        spark.sql("DELETE FROM delta.`" + tables + "/stylized` WHERE path LIKE '%/b.jpg'");
        Storage storage = new Storage(spark.sparkContext().hadoopConfiguration());
        Intentions intentions = new Intentions(storage, storage.canonical(jobs.at("packed")));
        List<String> shown = List.of(0, 1, 7).stream()
                .map(number -> layout + "/cartoons-00000" + number + extension)
                .toList();
        List<String> named = new ArrayList<>(shown);
        named.add("_toonlake/stylized/_delta_log/00000000000000000000.json");
        intentions.write(new Intention("killed-0", storage.canonical(tables).toString(), named, List.of()));
        Path unfinished = folder.resolve("packed/" + layout + "/_temporary/1/task_x/cartoons-000007" + extension);
        Files.createDirectories(unfinished.getParent());
        Files.write(unfinished, new byte[9]);
        byte[] kept = Files.readAllBytes(folder.resolve("packed/" + shown.get(0)));

        assertThat(JobFixture.counts(stylize("packed", layout))).isEqualTo("1/1/0");

        assertThat(found("packed", layout)).extracting(Found::key).containsExactlyInAnyOrder("a", "b");
        assertThat(folder.resolve("packed/" + shown.get(0))).hasBinaryContent(kept);
        assertThat(folder.resolve("packed/" + layout + "/_temporary")).doesNotExist();
        assertThat(folder.resolve("packed/_toonlake/packing")).isEmptyDirectory();
        assertThat(folder.resolve("packed/" + named.get(3))).exists();
        assertThat(JobFixture.counts(stylize("packed", layout))).isEqualTo("0/2/0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"webdataset", "parquet"})
    void theReportShowsPicturesOfShards(String layout) throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        jobs.photo("photos/b.jpg", 2, 32, 32);
        stylize("packed", layout);

        jobs.run(0, "report", "--tables", jobs.at("packed/_toonlake"), "--output", jobs.at("report.html"));

        assertThat(Files.readString(folder.resolve("report.html")).split("data:image/jpeg", -1))
                .as("two photos and their cartoons")
                .hasSize(5);
    }

    @Test
    void anotherLayoutMakesThePicturesAgain() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        stylize("out", "webdataset");
        assertThat(JobFixture.counts(stylize("out", "parquet"))).isEqualTo("1/0/0");
        assertThat(shards("out", "webdataset")).isEmpty();
        assertThat(found("out", "parquet")).hasSize(1);
        assertThat(JobFixture.counts(stylize("out", "files"))).isEqualTo("1/0/0");
        assertThat(folder.resolve("out/a.jpg")).exists();
        assertThat(rows("out").get(0).<String>getAs("shard")).isNull();
    }

    @Test
    void filesWhosePicturesGoToShardsAreDeleted() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        jobs.photo("photos/day/b.jpg", 2, 32, 32);
        stylize("out", "files");
        jobs.write("out/day/b.jpg", new byte[] {1, 2, 3});
        jobs.write("out/mine.jpg", new byte[] {4});

        assertThat(JobFixture.counts(stylize("out", "webdataset"))).isEqualTo("2/0/0");

        assertThat(folder.resolve("out/a.jpg")).doesNotExist();
        assertThat(folder.resolve("out/day/b.jpg"))
                .as("another's: it has another length than the one that was made")
                .exists();
        assertThat(folder.resolve("out/mine.jpg")).exists();
        assertThat(found("out", "webdataset")).hasSize(2);
    }

    @Test
    void filesStayUntilTheirRowsSayOtherwise() throws IOException {
        jobs.photo("photos/a.jpg", 1, 32, 32);
        jobs.photo("photos/b.jpg", 2, 32, 32);
        stylize("out", "files");
        stylize("other", "webdataset");
        // As a run leaves it that was killed before it wrote rows.
        Storage storage = new Storage(spark.sparkContext().hadoopConfiguration());
        Intentions intentions = new Intentions(storage, storage.canonical(jobs.at("out")));
        long bytes = Files.size(folder.resolve("out/a.jpg"));
        intentions.write(new Intention(
                "killed-0",
                storage.canonical(jobs.at("out/_toonlake")).toString(),
                List.of(),
                List.of(new Intentions.Replaced("a.jpg", bytes))));
        Files.delete(folder.resolve("photos/a.jpg"));

        stylize("out", "webdataset");

        assertThat(folder.resolve("out/a.jpg")).exists();
        assertThat(folder.resolve("out/b.jpg")).doesNotExist();
        assertThat(intentions.left()).isEmpty();
    }
}
