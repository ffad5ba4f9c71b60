package io.toonlake.job;

import static io.toonlake.fetch.PhotoServer.ok;
import static io.toonlake.fetch.PhotoServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.fetch.PhotoServer;
import io.toonlake.fetch.PhotoServer.Reply;
import io.toonlake.fetch.PhotoServer.Request;
import io.toonlake.scene.SyntheticScenes;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Photos of YFCC100M from a server on this machine, by {@code ingest --fetch}. */
@ExtendWith(SparkExtension.class)
class YfccFetchTest {
    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;
    private YfccCollection collection;
    private final List<byte[]> pictures = new ArrayList<>();
    /** By target; others are photos. */
    private final Map<String, Function<Request, Reply>> replies = new ConcurrentHashMap<>();

    private PhotoServer server;

    YfccFetchTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() {
        jobs = new JobFixture(spark, folder);
        collection = new YfccCollection(3, folder);
        for (int i = 0; i < 4; i++) {
            pictures.add(JobFixture.encoded("x.jpg", SyntheticScenes.photo(i, 160, 120)));
        }
        server = new PhotoServer(
                request -> replies.getOrDefault(request.target(), this::photo).apply(request));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Reply photo(Request request) {
        return ok(
                pictures.get(Math.floorMod(request.target().hashCode(), pictures.size())), "Content-Type: image/jpeg");
    }

    private JsonNode ingest(int exitCode, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "ingest",
                "--domain=photo",
                "--fetch=" + jobs.at("photos"),
                "--tables=" + jobs.at("lake"),
                "--yfcc=" + jobs.at("metadata"),
                "--set=ingest.limits.min-side-pixels=64",
                "--set=ingest.limits.max-size=100 KiB",
                "--set=ingest.sample.size-pixels=64",
                "--set=max-quarantined-fraction=1",
                "--set=ingest.fetch.contact=you@example.org",
                "--set=ingest.fetch.allow-loopback=true",
                "--set=ingest.fetch.max-requests-per-second-per-host=0",
                "--set=ingest.fetch.attempts=2",
                "--set=ingest.fetch.back-off-seconds=0.01",
                "--set=ingest.fetch.max-wait-seconds=5",
                "--set=ingest.fetch.read-timeout-seconds=5"));
        command.addAll(Arrays.asList(more));
        if (command.stream().noneMatch(argument -> argument.startsWith("--collection"))) {
            command.add("--collection=flickr");
        }
        return jobs.run(exitCode, command.toArray(String[]::new));
    }

    private static Map<String, Long> counts(JsonNode json) {
        return new TreeMap<>(new ObjectMapper()
                .convertValue(json, new com.fasterxml.jackson.core.type.TypeReference<Map<String, Long>>() {}));
    }

    /** A kept row of the collection with another id and URL. */
    private String line(long id, String url) {
        long row = 0;
        while (collection.fate(row) != YfccCollection.Fate.KEPT) {
            row++;
        }
        String[] columns = collection.line(row, false).split("\t", -1);
        columns[0] = String.valueOf(id);
        columns[14] = url;
        return String.join("\t", columns);
    }

    private void metadata(List<String> lines) throws IOException {
        jobs.write("metadata", (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void photos(String... urls) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String url : urls) {
            lines.add(line(100 + lines.size(), url.startsWith("/") ? server.url(url) : url));
        }
        metadata(lines);
    }

    private void answer(String target, Reply reply) {
        replies.put(target, request -> reply);
    }

    private long asked(String target) {
        return server.targets().stream().filter(target::equals).count();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> found = Files.walk(folder.resolve("photos"))) {
            return found.filter(file ->
                            Files.isRegularFile(file) && !file.toString().contains("_toonlake"))
                    .toList();
        }
    }

    @Test
    void photosAreFetchedAndTakenIn() throws IOException {
        photos("/5/1.jpg", "/5/2.jpg");

        JsonNode summary = ingest(0);

        assertThat(JobFixture.counts(summary)).isEqualTo("2/0/0");
        assertThat(server.targets()).containsExactlyInAnyOrder("/5/1.jpg", "/5/2.jpg");
        assertThat(server.requests().get(0).headers().get("user-agent"))
                .matches("toonlake/\\S+ \\(\\+you@example\\.org\\)");
        assertThat(jobs.values("lake", Table.IMAGES, "path"))
                .isEqualTo(files().stream().map(file -> "file:" + file).sorted().toList())
                .allMatch(path -> path.matches("file:.*/photos/../../[0-9a-f]{64}\\.jpg"));
        assertThat(jobs.values("lake", Table.PROVENANCE, "path")).isEqualTo(jobs.values("lake", Table.IMAGES, "path"));
        assertThat(jobs.values("lake", Table.PROVENANCE, "source_url"))
                .containsExactly(server.url("/5/1.jpg"), server.url("/5/2.jpg"));

        assertThat(JobFixture.counts(ingest(0, "--fetch-again"))).isEqualTo("0/2/0");
        assertThat(JobFixture.counts(ingest(0, "--set=ingest.sample.size-pixels=32")))
                .as("other settings read the files again, and ask nobody")
                .isEqualTo("2/0/0");
        assertThat(JobFixture.counts(ingest(0, "--collection=other"))).isEqualTo("2/0/0");
        assertThat(server.targets()).hasSize(2);
        for (Row photo : jobs.rows("lake", Table.PROVENANCE).collectAsList()) {
            Path file = Path.of(photo.<String>getAs("path").substring("file:".length()));
            assertThat(photo.<Timestamp>getAs("fetched").toInstant())
                    .as("when it came, whichever collection has it")
                    .isEqualTo(Files.getLastModifiedTime(file).toInstant().truncatedTo(ChronoUnit.MILLIS));
        }
    }

    @Test
    void oneObjectInTwoRowsIsFetchedOnce() throws IOException {
        String url = server.url("/5/1.jpg");
        photos(url, url, url.replace("http://localhost", "http://LocalHost") + "#top", "/5/2.jpg");

        JsonNode summary = ingest(0);

        assertThat(JobFixture.counts(summary)).isEqualTo("2/0/0");
        assertThat(counts(summary.get("filteredBy"))).isEqualTo(Map.of("repeated", 2L));
        assertThat(server.targets()).containsExactlyInAnyOrder("/5/1.jpg", "/5/2.jpg");
    }

    @Test
    void everythingThatGoesWrongHasItsReasonAndPassesOrDoesNot() throws IOException {
        byte[] photo = pictures.get(0);
        Map<String, String> lasting = new HashMap<>();
        Map<String, String> passing = new HashMap<>();
        answer("/gone", status(404));
        lasting.put("/gone", "gone");
        answer("/long-gone", status(410));
        lasting.put("/long-gone", "gone");
        answer("/taken", status(302, "Location: /images/photo_unavailable.png"));
        lasting.put("/taken", "taken-down");
        answer("/opted", ok(photo, "X-Robots-Tag: noai, noimageai"));
        lasting.put("/opted", "opted-out");
        answer("/closed", status(403));
        lasting.put("/closed", "forbidden");
        answer("/inside", status(302, "Location: http://169.254.169.254/latest/meta-data/"));
        lasting.put("/inside", "refused-address");
        answer("/loop", status(302, "Location: /loop"));
        lasting.put("/loop", "too-many-redirects");
        answer("/pingpong", status(302, "Location: http://127.0.0.1:" + server.port() + "/pingpong"));
        lasting.put("/pingpong", "too-many-redirects");
        answer("/page", ok("<html>".getBytes(StandardCharsets.UTF_8), "Content-Type: text/html"));
        lasting.put("/page", "not-an-image");
        answer("/endless", out -> {
            out.write(PhotoServer.head(200, ""));
            while (true) {
                out.write(photo);
            }
        });
        lasting.put("/endless", "too-many-bytes");
        answer("/teapot", status(418));
        lasting.put("/teapot", "bad-answer");
        answer("/cut", out -> {
            out.write(PhotoServer.head(200, "Content-Length: " + photo.length));
            out.write(photo, 0, 100);
            return false;
        });
        passing.put("/cut", "fetch-failed");
        answer("/down", status(503));
        passing.put("/down", "fetch-failed");
        answer("/busy", status(429, "Retry-After: 0"));
        passing.put("/busy", "rate-limited");
        List<String> urls = new ArrayList<>(lasting.keySet());
        urls.addAll(passing.keySet());
        urls.add("/photo.jpg");
        urls.add("/moved.jpg");
        answer("/moved.jpg", status(301, "Location: http://127.0.0.1:" + server.port() + "/new.jpg"));
        // Sent whole, and no photo: that is for the decoder to say.
        answer("/damaged.jpg", ok(Arrays.copyOf(photo, photo.length / 2), "Content-Type: image/jpeg"));
        urls.add("/damaged.jpg");
        urls.add("http://photos.invalid/x.jpg");
        urls.add("http://192.168.0.1/x.jpg");
        urls.add("http://me:secret@localhost/x.jpg");
        photos(urls.toArray(String[]::new));
        Map<String, Long> reasons =
                new TreeMap<>(Map.of("truncated", 1L, "unknown-host", 1L, "refused-address", 1L, "bad-url", 1L));
        lasting.values().forEach(reason -> reasons.merge(reason, 1L, Long::sum));
        passing.values().forEach(reason -> reasons.merge(reason, 1L, Long::sum));

        JsonNode summary = ingest(0);

        assertThat(summary.get("read").asLong()).isEqualTo(urls.size());
        assertThat(summary.get("done").asLong()).as("/photo.jpg and /moved.jpg").isEqualTo(2);
        assertThat(counts(summary.get("reasons"))).isEqualTo(reasons);
        assertThat(files()).as("kept is what came whole").hasSize(3);
        lasting.keySet().stream()
                .filter(target -> !List.of("/loop", "/pingpong").contains(target))
                .forEach(target -> assertThat(asked(target)).as(target).isEqualTo(1));
        assertThat(asked("/loop")).isEqualTo(4);
        assertThat(asked("/pingpong")).isEqualTo(4);
        passing.keySet().forEach(target -> assertThat(asked(target)).as(target).isEqualTo(2));
        assertThat(jobs.values("lake", Table.QUARANTINE, "message"))
                .contains(
                        "Cannot fetch " + server.url("/gone") + ": answered 404",
                        "Cannot fetch " + server.url("/inside")
                                + " (redirected to http://169.254.169.254/latest/meta-data/): "
                                + "address 169.254.169.254 of 169.254.169.254 is link-local",
                        "Cannot fetch " + server.url("/taken") + ": redirects to "
                                + server.url("/images/photo_unavailable.png"))
                .noneMatch(message -> message.contains("secret"));

        replies.keySet().removeIf(passing::containsKey);
        JsonNode again = ingest(0);

        assertThat(JobFixture.counts(again)).isEqualTo("3/2/" + (urls.size() - 5));
        passing.values().forEach(reason -> reasons.merge(reason, -1L, Long::sum));
        reasons.values().removeIf(count -> count == 0);
        assertThat(counts(again.get("reasons"))).isEqualTo(reasons);
        lasting.keySet().stream()
                .filter(target -> !List.of("/loop", "/pingpong").contains(target))
                .forEach(target ->
                        assertThat(asked(target)).as("not again: " + target).isEqualTo(1));
        assertThat(asked("/loop")).isEqualTo(4);
        passing.keySet()
                .forEach(target ->
                        assertThat(asked(target)).as("again: " + target).isEqualTo(3));
        assertThat(asked("/damaged.jpg")).isEqualTo(1);

        replies.remove("/gone");
        replies.remove("/opted");
        assertThat(JobFixture.counts(ingest(0, "--fetch-again"))).isEqualTo("2/5/" + (urls.size() - 7));
        assertThat(asked("/gone")).isEqualTo(2);
        assertThat(asked("/closed")).isEqualTo(2);
        assertThat(asked("/photo.jpg")).isEqualTo(1);
        assertThat(jobs.rows("lake", Table.QUARANTINE).count()).isEqualTo(urls.size() - 7);
    }

    @Test
    void whatWasPurgedIsNotAskedForAgain() throws IOException {
        photos("/5/1.jpg", "/5/2.jpg", "/5/3.jpg");
        assertThat(JobFixture.counts(ingest(0))).isEqualTo("3/0/0");
        Path gone = file("/5/1.jpg");
        Files.delete(gone);
        answer("/5/1.jpg", status(404));
        assertThat(counts(ingest(0).get("reasons"))).isEqualTo(Map.of("gone", 1L));
        assertThat(jobs.rows("lake", Table.IMAGES).count()).as("it was there").isEqualTo(3);

        String[] purge = {
            "purge", "--collection=flickr", "--tables=" + jobs.at("lake"), "--originals=" + jobs.at("photos")
        };
        assertThat(JobFixture.counts(jobs.run(0, with(purge, "--gone")))).isEqualTo("1/0/0");
        jobs.write("list", "101\n".getBytes(StandardCharsets.UTF_8));
        assertThat(JobFixture.counts(jobs.run(0, with(purge, "--photos=" + jobs.at("list"), "--vacuum"))))
                .isEqualTo("1/0/0");

        assertThat(jobs.values("lake", Table.PURGES, "reason")).containsExactly("gone", "listed");
        assertThat(jobs.rows("lake", Table.QUARANTINE).count()).isZero();
        assertThat(files()).containsExactly(file("/5/3.jpg"));
        JsonNode again = ingest(0);
        assertThat(JobFixture.counts(again)).isEqualTo("0/1/0");
        assertThat(counts(again.get("filteredBy"))).isEqualTo(Map.of("purged", 2L));
        assertThat(asked("/5/1.jpg")).isEqualTo(2);
        assertThat(asked("/5/2.jpg")).isEqualTo(1);
        assertThat(JobFixture.counts(ingest(0, "--collection=another"))).isEqualTo("1/0/0");
        assertThat(asked("/5/2.jpg")).as("not for another collection either").isEqualTo(1);
    }

    @Test
    void whatWasRefusedAndPurgedByPathIsNotAskedForAgain() throws IOException {
        photos("/5/1.jpg", "/5/2.jpg");
        answer("/5/1.jpg", ok(JobFixture.encoded(".jpg", SyntheticScenes.photo(9, 16, 16))));
        assertThat(counts(ingest(0).get("reasons"))).isEqualTo(Map.of("too-small", 1L));
        jobs.write("list", (file("/5/1.jpg") + "\n").getBytes(StandardCharsets.UTF_8));
        jobs.run(
                0,
                "purge",
                "--collection=flickr",
                "--tables=" + jobs.at("lake"),
                "--originals=" + jobs.at("photos"),
                "--photos=" + jobs.at("list"));
        assertThat(file("/5/1.jpg")).doesNotExist();

        JsonNode again = ingest(0);

        assertThat(counts(again.get("filteredBy"))).isEqualTo(Map.of("purged", 1L));
        assertThat(asked("/5/1.jpg")).isEqualTo(1);
        assertThat(file("/5/1.jpg")).doesNotExist();
    }

    private Path file(String target) {
        return folder.resolve("photos")
                .resolve(io.toonlake.fetch.ImageUrl.of(server.url(target))
                        .orElseThrow()
                        .fileName());
    }

    private static String[] with(String[] first, String... more) {
        List<String> all = new ArrayList<>(Arrays.asList(first));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    @Test
    void aLimitThatIsRaisedHasLargePhotosFetched() throws IOException {
        photos("/5/1.jpg");
        String small = "--set=ingest.limits.max-size="
                + (pictures.stream().mapToInt(p -> p.length).min().orElseThrow() - 1);

        assertThat(counts(ingest(0, small).get("reasons"))).isEqualTo(Map.of("too-many-bytes", 1L));
        assertThat(counts(ingest(0, small).get("reasons"))).isEqualTo(Map.of("too-many-bytes", 1L));
        assertThat(asked("/5/1.jpg")).isEqualTo(1);
        assertThat(JobFixture.counts(ingest(0))).isEqualTo("1/0/0");
    }

    @Test
    void aHostThatIsDownIsLeftAloneAndAskedByTheNextRun() throws IOException {
        String[] urls = new String[40];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = "/" + i + ".jpg";
            answer(urls[i], status(500));
        }
        photos(urls);

        JsonNode summary =
                ingest(0, "--set=ingest.fetch.give-up-after=4", "--set=ingest.fetch.max-connections-per-host=2");

        assertThat(counts(summary.get("reasons"))).isEqualTo(Map.of("fetch-failed", 4L, "host-failing", 36L));
        assertThat(server.targets()).hasSize(8);
        assertThat(server.mostAtATime()).isLessThanOrEqualTo(2);
        replies.clear();
        assertThat(JobFixture.counts(ingest(0))).isEqualTo("40/0/0");
    }

    @Test
    void aHostThatWasLeftAloneIsNotAskedForLaterBatchesEither() throws IOException {
        String[] urls = new String[24];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = "/" + i + ".jpg";
            answer(urls[i], status(503, "Retry-After: 3600"));
        }
        photos(urls);

        JsonNode summary =
                ingest(0, "--set=ingest.images-per-commit=6", "--set=ingest.fetch.max-connections-per-host=1");

        assertThat(counts(summary.get("reasons"))).isEqualTo(Map.of("rate-limited", 1L, "host-failing", 23L));
        assertThat(server.targets()).hasSize(1);
    }

    /** Rows of all fates, whose URLs are on this server. What the server does to a photo, its number says. */
    private Map<String, Long> generated(int rows) throws IOException {
        Map<String, Long> expected = new TreeMap<>();
        List<String> lines = new ArrayList<>();
        Set<String> good = new HashSet<>();
        for (long row = 0; row < rows; row++) {
            YfccCollection.Fate fate = collection.fate(row);
            // These need an image, or a hash: without the bucket they are photos like others.
            boolean photo =
                    List.of("KEPT", "TRUNCATED", "IMAGE_MISSING", "NO_HASH").contains(fate.name());
            String line = collection
                    .line(row, row % 2 == 0)
                    .replaceAll("http://farm6\\.staticflickr\\.com", "http://localhost:" + server.port());
            lines.add(line);
            if (!photo) {
                expected.merge(fate.code(), 1L, Long::sum);
                continue;
            }
            String target = "/5/" + (3_000_000_000L + row) + "_0123456789.jpg";
            switch ((int) (row % 5)) {
                case 0 -> {
                    answer(target, status(404));
                    expected.merge("gone", 1L, Long::sum);
                }
                case 1 -> {
                    answer(target, status(302, "Location: /photo_unavailable.gif"));
                    expected.merge("taken-down", 1L, Long::sum);
                }
                default -> {
                    if (good.add(target)) {
                        expected.merge("done", 1L, Long::sum);
                    }
                }
            }
        }
        metadata(lines);
        return expected;
    }

    private static Map<String, Long> allCounts(JsonNode summary) {
        Map<String, Long> all = counts(summary.get("reasons"));
        all.putAll(counts(summary.get("filteredBy")));
        long good = summary.get("done").asLong() + summary.get("unchanged").asLong();
        all.put("done", good);
        return all;
    }

    @Test
    void countsOfAGeneratedCollectionAddUpAndASecondRunAsksNobody() throws IOException {
        int rows = 3000;
        Map<String, Long> expected = generated(rows);
        assertThat(expected.get("done")).isGreaterThan(30);
        String[] filters = YfccCollection.FILTERS.toArray(String[]::new);

        JsonNode first = ingest(0, filters);

        assertThat(first.get("read").asLong()).isEqualTo(rows);
        assertThat(allCounts(first)).isEqualTo(expected);
        List<String> asked = server.targets();
        assertThat(asked).doesNotHaveDuplicates().hasSize((int)
                (expected.get("done") + expected.get("gone") + expected.get("taken-down")));

        JsonNode second = ingest(0, filters);

        assertThat(allCounts(second)).isEqualTo(expected);
        assertThat(second.get("unchanged").asLong()).isEqualTo(expected.get("done"));
        assertThat(server.targets()).as("nobody is asked again").hasSameSizeAs(asked);
    }

    @Test
    void aRunThatDiesIsGoneOnWithAndAsksForNothingTwice() throws IOException {
        Map<String, Long> expected = generated(1500);
        List<String> options = new ArrayList<>(YfccCollection.FILTERS);
        options.add("--set=ingest.images-per-commit=8");
        options.add("--set=ingest.fetch.max-connections-per-host=1");
        // In the third batch.
        Path photos = folder.resolve("photos");
        Set<Path> blocked = blockedAfter(20);

        JsonNode died = ingest(4, options.toArray(String[]::new));

        assertThat(died.get("message").asText()).startsWith("Cannot write --fetch file:" + photos);
        assertThat(jobs.rows("lake", Table.IMAGES).count())
                .as("it died before it took any in")
                .isZero();
        List<String> askedBefore = server.targets();
        List<String> refusedBefore = jobs.values("lake", Table.QUARANTINE, "message");
        assertThat(refusedBefore).as("of the first batches").isNotEmpty();
        assertThat(files().size()).isGreaterThan(5);
        Set<String> committed = new HashSet<>();
        for (String target : askedBefore) {
            boolean fetched = Files.exists(photos.resolve(io.toonlake.fetch.ImageUrl.of(server.url(target))
                    .orElseThrow()
                    .fileName()));
            if (fetched || refusedBefore.stream().anyMatch(message -> message.contains(target + ":"))) {
                committed.add(target);
            }
        }
        assertThat(committed.size()).isGreaterThanOrEqualTo(16);
        unblock(blocked);

        JsonNode repeated = ingest(0, options.toArray(String[]::new));

        assertThat(allCounts(repeated)).isEqualTo(expected);
        List<String> askedAfter =
                server.targets().subList(askedBefore.size(), server.targets().size());
        assertThat(askedAfter).doesNotHaveDuplicates().doesNotContainAnyElementsOf(committed);
        assertThat(jobs.values("lake", Table.IMAGES, "path"))
                .isEqualTo(files().stream().map(file -> "file:" + file).sorted().toList());
    }

    @Test
    void whatWasRefusedInABatchThatDiedIsNotAskedForAgain() throws IOException {
        Map<String, Long> expected = generated(1500);
        List<String> options = new ArrayList<>(YfccCollection.FILTERS);
        options.add("--set=ingest.images-per-commit=10000");
        options.add("--set=ingest.fetch.max-connections-per-host=1");
        Set<Path> blocked = blockedAfter(30);
        ingest(4, options.toArray(String[]::new));
        List<String> askedBefore = server.targets();
        Path notes = folder.resolve("photos/_toonlake/refused");
        assertThat(written(notes)).as("refused, and in no table").hasSizeGreaterThan(2);
        assertThat(jobs.values("lake", Table.QUARANTINE, "message"))
                .noneMatch(message -> message.startsWith("Cannot fetch"));
        unblock(blocked);
        Files.write(written(notes).get(0).resolveSibling(".unfinished.note"), new byte[1]);

        JsonNode repeated = ingest(0, options.toArray(String[]::new));

        assertThat(allCounts(repeated)).isEqualTo(expected);
        List<String> again = new ArrayList<>(
                server.targets().subList(askedBefore.size(), server.targets().size()));
        again.retainAll(askedBefore);
        // The one that could not be written.
        assertThat(again).hasSizeLessThanOrEqualTo(1);
        assertThat(inside(notes)).isEmpty();

        // As of an executor that was killed, whose run went on and fetched everything.
        Path left = Files.write(folder.resolve("photos/.unfinished.image"), new byte[1]);
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        ingest(0, options.toArray(String[]::new));
        assertThat(left).doesNotExist();
    }

    private static List<Path> written(Path notes) throws IOException {
        return inside(notes).stream()
                .filter(file -> file.toString().endsWith(".json"))
                .toList();
    }

    private static List<Path> inside(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(Files::isRegularFile).toList();
        }
    }

    /** With so many requests there is suddenly a file where a folder of the photos should be: the run ends as if the disk were full. */
    private Set<Path> blockedAfter(int requests) throws IOException {
        Path photos = folder.resolve("photos");
        Set<Path> blocked = ConcurrentHashMap.newKeySet();
        Map<String, Function<Request, Reply>> whole = new HashMap<>(replies);
        for (String target : targets()) {
            Function<Request, Reply> usual = whole.getOrDefault(target, this::photo);
            replies.put(target, request -> {
                if (server.targets().size() >= requests && blocked.isEmpty()) {
                    block(photos, blocked);
                }
                return usual.apply(request);
            });
        }
        return blocked;
    }

    private List<String> targets() throws IOException {
        return Files.readAllLines(folder.resolve("metadata")).stream()
                .map(line -> line.replaceFirst(".*http://localhost:\\d+(/5/\\d+_0123456789\\.jpg).*", "$1"))
                .filter(target -> target.startsWith("/5/"))
                .distinct()
                .toList();
    }

    /** Files in the place of all folders that are not there yet. */
    private static void block(Path photos, Set<Path> blocked) {
        for (int i = 0; i < 256; i++) {
            Path place = photos.resolve(String.format("%02x", i));
            try {
                if (!Files.exists(place)) {
                    blocked.add(Files.createFile(place));
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private static void unblock(Set<Path> blocked) throws IOException {
        for (Path place : blocked) {
            Files.delete(place);
        }
    }

    @Test
    void whatCannotBeUnderstoodIsSaid() throws IOException {
        photos("/5/1.jpg");
        assertThat(ingest(2, "--set=ingest.fetch.contact=").get("message").asText())
                .startsWith("Invalid ingest.fetch.contact: nothing (--fetch tells every server whom to write to");
        assertThat(ingest(2, "--yfcc-hashes=" + jobs.at("metadata"))
                        .get("message")
                        .asText())
                .startsWith("Invalid --yfcc-hashes: " + jobs.at("metadata") + " (hashes name images in the bucket");
        assertThat(Main.run(
                        "ingest",
                        "--domain=photo",
                        "--collection=x",
                        "--yfcc=" + jobs.at("metadata"),
                        "--fetch=a",
                        "--images=b",
                        "--tables=" + jobs.at("lake")))
                .as("one or the other")
                .isEqualTo(2);
        assertThat(Main.run(
                        "ingest",
                        "--domain=photo",
                        "--collection=x",
                        "--yfcc=" + jobs.at("metadata"),
                        "--tables=" + jobs.at("lake")))
                .as("one of them")
                .isEqualTo(2);
        assertThat(server.targets()).isEmpty();
    }
}
