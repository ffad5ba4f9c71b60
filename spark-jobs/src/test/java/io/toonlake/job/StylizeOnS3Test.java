package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.scene.SyntheticScenes;
import io.toonlake.storage.Lease;
import io.toonlake.storage.Storage;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import io.toonlake.testing.Bucket;
import io.toonlake.testing.FaultProxy.Request;
import io.toonlake.testing.S3Extension;
import io.toonlake.testing.S3Server;
import io.toonlake.testing.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith({SparkExtension.class, S3Extension.class})
class StylizeOnS3Test {
    private static final Map<String, String> PICTURES = new TreeMap<>(Map.of(
            "photos/a.jpg", "cartoons/a.jpg",
            "photos/day one/b+c %41 100%.jpg", "cartoons/day one/b+c %41 100%.jpg",
            "photos/ünï ☂/12:30.png", "cartoons/ünï ☂/12:30.png.jpg"));

    private final SparkSession spark;
    private final S3Server server;

    @TempDir
    private Path folder;

    private JobFixture jobs;
    private Bucket bucket;

    StylizeOnS3Test(SparkSession spark, S3Server server) {
        this.spark = spark;
        this.server = server;
    }

    @BeforeEach
    void prepare() throws IOException {
        jobs = new JobFixture(spark, folder);
        bucket = new Bucket(server, spark.sparkContext().hadoopConfiguration());
        TinyModel.saveSafetensors(folder, "tiny.safetensors", 1);
        bucket.put("weights/tiny.safetensors", Files.readAllBytes(folder.resolve("tiny.safetensors")));
        long seed = 0;
        for (String photo : PICTURES.keySet()) {
            bucket.put(photo, JobFixture.encoded(photo, SyntheticScenes.photo(++seed, 48, 32)));
        }
    }

    @AfterEach
    void close() throws IOException {
        bucket.close();
    }

    private JsonNode stylize(int exitCode, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "stylize",
                "--model",
                bucket.uri("models/tiny"),
                "--input",
                bucket.uri("photos"),
                "--output",
                bucket.uri("cartoons")));
        command.addAll(List.of(more));
        return jobs.run(exitCode, command.toArray(String[]::new));
    }

    private void importModel() throws IOException {
        jobs.run(
                0,
                "import-model",
                "--weights",
                bucket.uri("weights/tiny.safetensors"),
                "--output",
                bucket.uri("models/tiny"));
    }

    @Test
    void picturesOfGonePhotosArePruned() throws IOException {
        importModel();
        stylize(0);
        bucket.delete("photos/ünï ☂/12:30.png");
        bucket.proxy().forget();

        assertThat(stylize(0, "--prune").get("pruned").asLong()).isEqualTo(1);

        assertThat(pictures()).containsExactlyInAnyOrder("cartoons/a.jpg", "cartoons/day one/b+c %41 100%.jpg");
        List<Request> log = bucket.proxy().log();
        assertThat(log)
                .filteredOn(request -> request.method().equals("DELETE"))
                .extracting(this::key)
                .filteredOn(key -> !key.startsWith("cartoons/_toonlake/"))
                .containsExactly("cartoons/ünï ☂/12:30.png.jpg");
        assertThat(log)
                .as("bulk deletes")
                .noneMatch(request ->
                        request.method().equals("POST") && request.query().startsWith("delete"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CSV", "Parquet"})
    void anInventoryNamesTheObjectsOfItsBucket(String format) throws IOException {
        importModel();
        List<String> rows = new ArrayList<>();
        for (String key : PICTURES.keySet()) {
            rows.add(object(key, true, "CAST(NULL AS boolean)", bucket.get(key).length));
        }
        rows.add(object("photos/a.jpg", false, "false", 5));
        rows.add(object("photos/deleted.jpg", true, "true", 0));
        rows.add(object("photos/.hidden/x.jpg", true, "false", 9));
        Dataset<Row> objects = spark.sql(
                "SELECT * FROM VALUES " + String.join(", ", rows)
                        + " AS t(bucket, key, version_id, is_latest, is_delete_marker, size, last_modified_date, storage_class)");
        boolean csv = format.equals("CSV");
        String data = "inventories/data/one" + (csv ? ".csv.gz" : ".parquet");
        bucket.put(data, csv ? zipped(objects) : parquet(objects));
        String manifest = String.format(
                "{\"sourceBucket\": \"%1$s\", \"destinationBucket\": \"arn:aws:s3:::%1$s\", \"fileFormat\": \"%2$s\", \"fileSchema\": \"%3$s\","
                        + " \"creationTimestamp\": \"1764032400000\", \"files\": [{\"key\": \"%4$s\"}]}",
                bucket.name(),
                format,
                csv
                        ? "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, StorageClass"
                        : "message s3.inventory {}",
                data);
        bucket.put("inventories/2026-11-25T01-00Z/manifest.json", manifest.getBytes(StandardCharsets.UTF_8));
        bucket.proxy().forget();

        assertThat(JobFixture.counts(ofInventory())).isEqualTo("3/0/0");

        assertThat(pictures()).containsExactlyInAnyOrderElementsOf(PICTURES.values());
        List<Request> log = bucket.proxy().log();
        PICTURES.keySet().forEach(photo -> assertThat(of(log, photo)).as(photo).containsExactly("GET"));
        assertThat(log)
                .as("listings of the photos")
                .noneMatch(request -> request.query().contains("prefix=photos"));
        assertThat(JobFixture.counts(ofInventory())).isEqualTo("0/3/0");
    }

    private String object(String key, boolean latest, String deleted, long size) {
        return String.format(
                "('%s', '%s', 'v', %s, %s, %dL, timestamp'2026-11-25 01:02:03Z', 'STANDARD')",
                bucket.name(), key, latest, deleted, size);
    }

    private JsonNode ofInventory() throws IOException {
        return jobs.run(
                0,
                "stylize",
                "--model",
                bucket.uri("models/tiny"),
                "--inventory",
                bucket.uri("inventories/2026-11-25T01-00Z/manifest.json"),
                "--input-root",
                bucket.uri("photos"),
                "--output",
                bucket.uri("cartoons"));
    }

    /** As S3 writes it: all in quotation marks, keys URL-encoded, values that are missing empty. */
    private static byte[] zipped(Dataset<Row> objects) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            for (Row row : objects.collectAsList()) {
                String line = String.format(
                        "\"%s\",\"%s\",\"%s\",\"%s\",\"%s\",\"%d\",\"2026-11-25T01:02:03.000Z\",\"%s\"%n",
                        row.getString(0),
                        URLEncoder.encode(row.getString(1), StandardCharsets.UTF_8),
                        row.getString(2),
                        row.getBoolean(3),
                        row.isNullAt(4) ? "" : row.getBoolean(4),
                        row.getLong(5),
                        row.getString(7));
                zip.write(line.getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private byte[] parquet(Dataset<Row> objects) throws IOException {
        Path written = folder.resolve("inventory");
        objects.coalesce(1).write().parquet(written.toString());
        try (Stream<Path> files = Files.list(written)) {
            return Files.readAllBytes(files.filter(file -> file.toString().endsWith(".parquet"))
                    .findFirst()
                    .orElseThrow());
        }
    }

    @Test
    void everythingOnS3() throws IOException {
        importModel();
        bucket.proxy().forget();

        assertThat(JobFixture.counts(stylize(0))).isEqualTo("3/0/0");

        assertThat(pictures()).containsExactlyInAnyOrderElementsOf(PICTURES.values());
        List<Request> log = bucket.proxy().log();
        PICTURES.forEach((photo, picture) -> {
            assertThat(of(log, photo)).as(photo).containsExactly("GET");
            assertThat(of(log, picture)).as(picture).containsExactly("PUT");
        });
        assertThat(log)
                .as("copies, but for the checksums that Delta keeps of its log")
                .noneMatch(request -> request.headers().containsKey("x-amz-copy-source")
                        && !request.path().endsWith(".crc"));
        assertThat(log)
                .as("bulk deletes")
                .noneMatch(request ->
                        request.method().equals("POST") && request.query().startsWith("delete"));

        bucket.proxy().forget();
        assertThat(JobFixture.counts(stylize(0))).as("again").isEqualTo("0/3/0");
        assertThat(bucket.proxy().log())
                .noneMatch(request -> PICTURES.containsKey(key(request)) || PICTURES.containsValue(key(request)));

        bucket.put("photos/a.jpg", JobFixture.encoded("a.jpg", SyntheticScenes.photo(9, 50, 32)));
        assertThat(JobFixture.counts(stylize(0))).as("changed").isEqualTo("1/2/0");

        Storage storage = new Storage(spark.sparkContext().hadoopConfiguration());
        org.apache.hadoop.fs.Path output = new org.apache.hadoop.fs.Path(bucket.uri("cartoons"));
        try (Lease other = Lease.take(storage, output, "other", "stylize", Duration.ofSeconds(60))) {
            assertThat(stylize(4).get("message").asText()).contains("stylize other on ");
            assertThat(Main.run(
                            "stylize",
                            "--model",
                            bucket.uri("models/tiny"),
                            "--input",
                            bucket.uri("photos"),
                            "--output",
                            bucket.uri("cartoons"),
                            "--summary",
                            bucket.uri("summaries/held.json")))
                    .isEqualTo(4);
            assertThat(new String(bucket.get("summaries/held.json"), StandardCharsets.UTF_8))
                    .as("a run that leaves has the store's settings all the same")
                    .contains("stylize other on ", "\"exitCode\" : 4");
            other.check();
        }
        assertThat(bucket.keys("cartoons/_toonlake/leases/")).isEmpty();
        nothingKnowsTheSecret();
    }

    private List<String> pictures() {
        return bucket.keys("cartoons/").stream()
                .filter(key -> !key.startsWith("cartoons/_toonlake"))
                .toList();
    }

    private String key(Request request) {
        return request.path().replaceFirst("^/" + bucket.name() + "/", "");
    }

    private List<String> of(List<Request> log, String key) {
        return log.stream()
                .filter(request -> key(request).equals(key))
                .map(Request::method)
                .toList();
    }

    private void nothingKnowsTheSecret() throws IOException {
        for (String key : bucket.keys("cartoons/_toonlake/")) {
            assertThat(new String(bucket.get(key), StandardCharsets.ISO_8859_1))
                    .as(key)
                    .doesNotContain(S3Server.SECRET)
                    .doesNotContain(S3Server.ACCESS_KEY);
        }
        Lake lake = new Lake(spark, new org.apache.hadoop.fs.Path(bucket.uri("cartoons/_toonlake")));
        for (Table table : List.of(Table.RUNS, Table.STYLIZED, Table.QUARANTINE)) {
            assertThat(lake.read(table).toJSON().collectAsList().stream().collect(Collectors.joining()))
                    .as(table.folder())
                    .doesNotContain(S3Server.SECRET)
                    .doesNotContain(S3Server.ACCESS_KEY);
        }
        assertThat(Files.readString(folder.resolve("summary.json"))).doesNotContain(S3Server.SECRET);
    }
}
