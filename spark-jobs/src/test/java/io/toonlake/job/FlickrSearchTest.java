package io.toonlake.job;

import static io.toonlake.fetch.PhotoServer.ok;
import static io.toonlake.flickr.PlayedFlickr.busy;
import static io.toonlake.flickr.PlayedFlickr.fail;
import static io.toonlake.flickr.PlayedFlickr.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.toonlake.fetch.DocumentFetcher.Document;
import io.toonlake.fetch.PhotoServer;
import io.toonlake.fetch.PhotoServer.Reply;
import io.toonlake.fetch.PhotoServer.Request;
import io.toonlake.flickr.PlayedFlickr;
import io.toonlake.scene.SyntheticScenes;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Photos that Flickr's API finds, played by a server on this machine that has the images too, by {@code ingest --flickr-search}. */
@ExtendWith(SparkExtension.class)
class FlickrSearchTest {
    /** Of one search, as the settings here have it. */
    private static final int MOST = 20;

    private static final long MAY = Instant.parse("2012-05-01T00:00:00Z").getEpochSecond();

    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;
    private final PlayedFlickr flickr = new PlayedFlickr(MOST);
    private final List<byte[]> pictures = new ArrayList<>();
    private PhotoServer server;
    private long nextId = 7_000_000_000L;

    FlickrSearchTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() {
        jobs = new JobFixture(spark, folder);
        for (int i = 0; i < 4; i++) {
            pictures.add(JobFixture.encoded("x.jpg", SyntheticScenes.photo(i, 160, 120)));
        }
        server = new PhotoServer(
                request -> request.target().startsWith("/rest/?") ? flickr.reply(request) : photo(request));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Reply photo(Request request) {
        return ok(
                pictures.get(Math.floorMod(request.target().hashCode(), pictures.size())), "Content-Type: image/jpeg");
    }

    /** As in {@link PlayedFlickr#photo}, with its image on this server. */
    private ObjectNode upload(long second, int licence) {
        return flickr.photo(nextId++, second, licence, server.url(""));
    }

    private void upload(int photos, long from, long seconds) {
        for (int i = 0; i < photos; i++) {
            upload(from + i * seconds / photos, 4);
        }
    }

    private String[] command(String... more) {
        List<String> command = new ArrayList<>(List.of(
                "ingest",
                "--domain=photo",
                "--collection=flickr",
                "--flickr-search",
                "--fetch=" + jobs.at("photos"),
                "--tables=" + jobs.at("lake"),
                "--set=ingest.limits.min-side-pixels=64",
                "--set=ingest.sample.size-pixels=64",
                "--set=max-quarantined-fraction=1",
                "--set=ingest.fetch.contact=you@example.org",
                "--set=ingest.fetch.allow-loopback=true",
                "--set=ingest.fetch.max-requests-per-second-per-host=0",
                "--set=ingest.fetch.attempts=3",
                "--set=ingest.fetch.back-off-seconds=0.01",
                "--set=ingest.fetch.max-wait-seconds=5",
                "--set=ingest.flickr.url=" + server.url("/rest/"),
                "--set=ingest.flickr.max-requests-per-hour=0",
                "--set=ingest.flickr.photos-per-page=10",
                "--set=ingest.flickr.max-results-per-search=" + MOST));
        command.addAll(Arrays.asList(more));
        return command.toArray(String[]::new);
    }

    private JsonNode ingest(int exitCode, String... more) throws IOException {
        return jobs.run(exitCode, command(more));
    }

    /** Of 2012, long settled. */
    private JsonNode ingest2012(int exitCode, String... more) throws IOException {
        List<String> period = new ArrayList<>(List.of("--uploaded-since=2012-01-01", "--uploaded-before=2013-01-01"));
        period.addAll(Arrays.asList(more));
        return ingest(exitCode, period.toArray(String[]::new));
    }

    private static Map<String, Long> counts(JsonNode json) {
        return new TreeMap<>(new ObjectMapper().convertValue(json, new TypeReference<Map<String, Long>>() {}));
    }

    private List<String> images() {
        return server.targets().stream()
                .filter(target -> target.startsWith("/5/"))
                .toList();
    }

    @Test
    void photosAreFoundFetchedAndTakenIn() throws IOException {
        upload(MAY, 5).put("title", "Lake & hills, \"50%\"");
        upload(MAY + 1, 11).put("latitude", 0).put("longitude", 0).put("accuracy", 0);
        Instant before = Instant.now();

        JsonNode summary = ingest2012(0, "--any-tag=Black and White", "--licence=4,5,11");

        assertThat(JobFixture.counts(summary)).isEqualTo("2/0/0");
        assertThat(summary.get("read").asLong()).isEqualTo(2);
        assertThat(images()).hasSize(2).doesNotHaveDuplicates();
        assertThat(flickr.requests().get(0)).containsEntry("method", "flickr.photos.licenses.getInfo");
        assertThat(flickr.requests().get(1))
                .containsEntry("tags", "black and white")
                .containsEntry("tag_mode", "any")
                .containsEntry("license", "4,5,11")
                .containsEntry("per_page", "10")
                .containsEntry("min_upload_date", "1325376000")
                .containsEntry("max_upload_date", "1356998399");
        assertThat(server.requests().get(0).headers().get("user-agent"))
                .matches("toonlake/\\S+ \\(\\+you@example\\.org\\)");
        Row photo = jobs.rows("lake", Table.PROVENANCE)
                .filter("photo_id = '7000000000'")
                .head();
        assertThat(photo.<String>getAs("source")).isEqualTo("flickr-api");
        assertThat(photo.<String>getAs("owner_id")).isEqualTo("61048402@N08");
        assertThat(photo.<String>getAs("owner_name")).isEqualTo("Päule");
        assertThat(photo.<String>getAs("title")).isEqualTo("Lake & hills, \"50%\"");
        assertThat(photo.<String>getAs("page_url")).isEqualTo("https://www.flickr.com/photos/61048402@N08/7000000000/");
        assertThat(photo.<String>getAs("source_url")).isEqualTo(server.url("/5/7000000000_b.jpg"));
        assertThat(photo.<Integer>getAs("licence_id")).isEqualTo(5);
        assertThat(photo.<String>getAs("licence")).isEqualTo("CC BY-SA 2.0");
        assertThat(photo.<String>getAs("licence_url")).isEqualTo("https://creativecommons.org/licenses/by-sa/2.0/");
        assertThat(photo.<Timestamp>getAs("uploaded").toInstant()).isEqualTo(Instant.ofEpochSecond(MAY));
        assertThat(photo.<Timestamp>getAs("taken").toInstant()).isEqualTo(Instant.ofEpochSecond(MAY - 3600));
        assertThat(photo.<Double>getAs("longitude")).isEqualTo(7.25);
        assertThat(photo.getList(photo.fieldIndex("tags"))).isEqualTo(List.of("lake", "blackandwhite"));
        assertThat(photo.<Timestamp>getAs("fetched").toInstant()).isBetween(before, Instant.now());
        assertThat(photo.<String>getAs("metadata"))
                .matches("file:" + jobs.at("photos") + "/_toonlake/flickr/[0-9a-f]{16}/2012");
        assertThat(jobs.values("lake", Table.PROVENANCE, "path")).isEqualTo(jobs.values("lake", Table.IMAGES, "path"));

        flickr.forgetRequests();
        JsonNode again = ingest2012(0, "--any-tag=Black and White", "--licence=11,5,4");

        assertThat(JobFixture.counts(again)).isEqualTo("0/2/0");
        assertThat(flickr.searches()).as("nothing is asked for again").isEmpty();
        assertThat(flickr.requests()).as("but licences are read").hasSize(1);
        assertThat(images()).hasSize(2);
        assertThat(jobs.values("lake", Table.PROVENANCE, "run_id").stream().distinct())
                .hasSize(1);
    }

    @Test
    void manyPhotosAreFoundInSlicesAndWhatPassesIsWaitedFor() throws IOException {
        upload(60, MAY, 40);
        upload(15, MAY + 5_000_000, 10_000);
        flickr.trouble(
                fail(105, "Service currently unavailable"),
                busy(429, Duration.ZERO),
                json("{\"stat\":\"ok\",\"licenses\":{\"license\":[{\"id\""));
        assertThat(ingest2012(4).get("message").asText())
                .isEqualTo(
                        "Cannot ask Flickr's API at " + server.url("/rest/")
                                + ": answered what is no licenses in JSON, 3 times (what was found is kept; run again to go on)");
        flickr.trouble(busy(503, Duration.ofSeconds(1)), json("<html>"));

        JsonNode summary = ingest2012(0);

        assertThat(JobFixture.counts(summary)).isEqualTo("75/0/0");
        assertThat(images()).hasSize(75).doesNotHaveDuplicates();
        assertThat(summary.get("figures").get("flickrRequests").asLong())
                .isEqualTo(flickr.requests().size() - 3);
        assertThat(summary.get("figures").get("flickrSlices").asLong()).isGreaterThan(4);
    }

    @Test
    void aRunThatDiesIsGoneOnWithAndAsksOnlyForWhatIsMissing() throws IOException {
        upload(100, MAY, 1000);
        upload(30, MAY + 10_000_000, 1000);
        flickr.before(parameters -> {
            if (flickr.searches().size() == 25) {
                Document[] down = new Document[3];
                Arrays.fill(down, PlayedFlickr.status(500));
                flickr.trouble(down);
            }
        });

        JsonNode died = ingest2012(4);

        assertThat(died.get("message").asText())
                .startsWith("Cannot ask Flickr's API at " + server.url("/rest/") + ": answered 500, 3 times");
        assertThat(images()).as("it died before it fetched any").isEmpty();
        List<String> before = slices();
        assertThat(before).hasSizeGreaterThan(2);
        List<String> searchedBefore = flickr.searches();
        flickr.before(parameters -> {});
        flickr.forgetRequests();

        JsonNode summary = ingest2012(0);

        assertThat(JobFixture.counts(summary)).isEqualTo("130/0/0");
        assertThat(images()).hasSize(130).doesNotHaveDuplicates();
        assertThat(summary.get("figures").get("flickrSlicesKnown").asLong()).isEqualTo(before.size());
        assertThat(slices()).containsAll(before);
        assertThat(flickr.searches())
                .isNotEmpty()
                .noneMatch(search -> before.contains(search.replaceFirst("/\\d+$", "")));
        assertThat(searchedBefore).anyMatch(search -> before.contains(search.replaceFirst("/\\d+$", "")));
    }

    /** {@code from-to} of what is kept for good. */
    private List<String> slices() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("photos/_toonlake/flickr"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("\\d+-\\d+\\.jsonl"))
                    .map(name -> name.replace(".jsonl", ""))
                    .toList();
        }
    }

    @Test
    void theNewestSliceIsAskedForAgain() throws IOException {
        long now = Instant.now().getEpochSecond();
        upload(now - 3 * 86_400, 4);
        upload(now - 7200, 4);
        String since = "--uploaded-since=" + Instant.ofEpochSecond(now - 10 * 86_400);

        assertThat(JobFixture.counts(ingest(0, since))).isEqualTo("2/0/0");

        upload(now - 3600, 4);
        flickr.forgetRequests();
        JsonNode summary = ingest(0, since);

        assertThat(JobFixture.counts(summary)).isEqualTo("1/2/0");
        assertThat(flickr.searches()).isNotEmpty();
        try (Stream<Path> files = Files.walk(folder.resolve("photos/_toonlake/flickr"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".open.jsonl")))
                    .as("those of the first run are gone")
                    .hasSize((int) summary.get("figures").get("flickrSlices").asLong() - slices().size());
        }
    }

    @Test
    void everyPhotoIsAccountedFor() throws IOException {
        upload(5, MAY, 50);
        // A second with more than a search gives.
        for (int i = 0; i < MOST + 3; i++) {
            upload(MAY + 1_000_000, 4);
        }
        upload(MAY + 2_000_000, 17);
        upload(MAY + 2_000_001, 3);
        upload(MAY + 2_000_002, 8);
        upload(MAY + 2_000_003, 4).put("media", "video");
        upload(MAY + 2_000_004, 4).put("owner", "somebody");
        upload(MAY + 2_000_005, 4).remove("url_l");
        upload(MAY + 2_000_006, 4).put("longitude", "17.25");
        // The same photo in two slices, as if it had been moved in time between two searches.
        upload(MAY + 2_000_007, 4).put("id", "7000000000").put("url_l", server.url("/5/7000000000_b.jpg"));
        flickr.licence(8, "Something else", "https://example.org/licence");
        String box = "--bounding-box=5.9,45.8,10.5,47.8";

        JsonNode summary = ingest2012(0, box);

        assertThat(counts(summary.get("reasons")))
                .isEqualTo(Map.of("too-dense", 1L, "unknown-licence", 2L, "bad-owner", 1L, "no-url", 1L));
        assertThat(counts(summary.get("filteredBy")))
                .isEqualTo(Map.of("licence", 1L, "video", 1L, "place", 1L, "repeated", 1L));
        assertThat(JobFixture.counts(summary)).isEqualTo((5 + MOST) + "/0/5");
        assertThat(summary.get("read").asLong()).isEqualTo(5 + MOST + 1 + 8);
        assertThat(jobs.values("lake", Table.QUARANTINE, "message"))
                .contains("Flickr tells of 23 photos uploaded at 2012-05-12T13:46:40Z, and gives 20 of them "
                        + "(ask for less at a time: fewer licences, or other tags)")
                .contains("Invalid licence: 17", "Invalid licence: 8", "Invalid owner's NSID: somebody");
        assertThat(jobs.values("lake", Table.QUARANTINE, "path"))
                .allMatch(path -> path.matches("file:.*/photos/_toonlake/flickr/[0-9a-f]{16}/2012#line-[0-9a-f]{32}"));

        // What Flickr means by an id is asked by every run.
        flickr.licence(8, "United States Government Work", "https://www.usa.gov/government-copyright");
        JsonNode again = ingest2012(0, box);

        assertThat(JobFixture.counts(again)).isEqualTo("1/" + (5 + MOST) + "/4");
        assertThat(jobs.rows("lake", Table.QUARANTINE).count()).isEqualTo(4);
    }

    @Test
    void theKeyIsNowhere() throws IOException {
        upload(MAY, 4);
        upload(MAY, 4).put("owner", "somebody");
        PrintStream usual = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            assertThat(JobFixture.counts(ingest2012(0))).isEqualTo("1/0/1");
            flickr.trouble(fail(100, "Invalid API Key (" + PlayedFlickr.KEY + ")"));
            assertThat(ingest2012(2).get("message").asText())
                    .isEqualTo(
                            "Invalid FLICKR_API_KEY: not shown here (Flickr says: Invalid API Key (***) (code 100); keys are "
                                    + "made at https://www.flickr.com/services/apps/create/)");
            flickr.trouble(fail(1, "Too many tags in ALL query"));
            assertThat(ingest2012(2, "--every-tag=lake").get("message").asText())
                    .startsWith("Invalid --flickr-search: Flickr says: Too many tags in ALL query (code 1) (ask for ");
            server.close();
            assertThat(ingest2012(4).get("message").asText())
                    .startsWith("Cannot ask Flickr's API at " + server.url("/rest/") + ": ");
        } finally {
            System.setErr(usual);
        }
        assertThat(flickr.requests()).allMatch(request -> request.get("api_key").equals(PlayedFlickr.KEY));
        assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain(PlayedFlickr.KEY);
        for (Table table : List.of(Table.RUNS, Table.PROVENANCE, Table.QUARANTINE, Table.IMAGES)) {
            assertThat(jobs.rows("lake", table).toJSON().collectAsList())
                    .as("table %s", table)
                    .isNotEmpty()
                    .noneMatch(row -> row.contains(PlayedFlickr.KEY));
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as("%s", file)
                        .doesNotContain(PlayedFlickr.KEY);
            }
        }
    }

    @Test
    void aKeyThatIsNoneIsSaidBeforeAnybodyIsAsked() {
        assertThat(FlickrCalls.key(Map.of("FLICKR_API_KEY", " abc123 "), "--flickr-search")
                        .value())
                .isEqualTo("abc123");
        assertThatThrownBy(() -> FlickrCalls.key(Map.of(), "--flickr-search"))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("Invalid FLICKR_API_KEY: nothing (--flickr-search asks Flickr's API");
        assertThatThrownBy(() -> FlickrCalls.key(Map.of("FLICKR_API_KEY", "my secret"), "--flickr-search"))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("Invalid FLICKR_API_KEY: not letters and digits (")
                .hasMessageNotContaining("secret");
    }

    @Test
    void anApiOnThisMachineIsAskedOnlyWhereThatIsAllowed() throws IOException {
        JsonNode summary = ingest2012(4, "--set=ingest.fetch.allow-loopback=false");

        assertThat(summary.get("message").asText()).contains("is loopback");
        assertThat(server.targets()).isEmpty();
    }

    @Test
    void whatDoesNotGoTogetherIsSaid() throws IOException {
        assertThat(message("--yfcc=m")).startsWith("Invalid --yfcc: m (--flickr-search asks Flickr instead");
        assertThat(message("--any-tag=a", "--every-tag=b,c")).startsWith("Invalid --every-tag: b,c (Flickr searches");
        assertThat(message("--bounding-box=177,-20,-178,-10"))
                .startsWith("Invalid --bounding-box: 177,-20,-178,-10 (Flickr does not search across the date line");
        assertThat(message("--licence=17")).isEqualTo("Invalid --licence: 17 (Flickr's ids are 0 to 16)");
        assertThat(message("--uploaded-since=2012-01-01", "--uploaded-before=2012-01-01"))
                .startsWith("Invalid --uploaded-since: 2012-01-01T00:00:00Z (nothing can be uploaded");
        assertThat(message("--set=ingest.fetch.contact=")).startsWith("Invalid ingest.fetch.contact: nothing");
        assertThat(message("--set=ingest.flickr.url=https://x/?api_key=y")).startsWith("Invalid ingest.flickr.url: ");
        assertThat(message("--set=ingest.flickr.image-sizes=[]")).startsWith("Invalid ingest.flickr.image-sizes: ");
        assertThat(flickr.searches()).isEmpty();
        assertThat(without("--fetch", "--images=b"))
                .startsWith("Invalid --images: b (photos that --flickr-search finds");
        assertThat(without("--flickr-search", "--text=lake")).startsWith("Missing --yfcc: ");
        assertThat(without("--flickr-search", "--text=lake", "--yfcc=m"))
                .startsWith("Invalid --text: lake (YFCC100M is not searched for texts");
        assertThat(without("--domain", "--domain=cartoon"))
                .isEqualTo("Invalid --domain: cartoon (Flickr holds photos)");
    }

    private String message(String... more) throws IOException {
        return ingest(2, more).get("message").asText();
    }

    private String without(String option, String... more) throws IOException {
        return jobs.run(
                        2,
                        Arrays.stream(command(more))
                                .filter(argument -> !argument.startsWith(option)
                                        || Arrays.asList(more).contains(argument))
                                .toArray(String[]::new))
                .get("message")
                .asText();
    }
}
