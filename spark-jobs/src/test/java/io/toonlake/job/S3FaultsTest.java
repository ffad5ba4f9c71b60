package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.scene.SyntheticScenes;
import io.toonlake.table.Table;
import io.toonlake.testing.Bucket;
import io.toonlake.testing.FaultProxy.Fate;
import io.toonlake.testing.FaultProxy.Request;
import io.toonlake.testing.S3Extension;
import io.toonlake.testing.S3Server;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Photos and pictures on a store that fails; tables on the local disk, so that what a run says of it can be read. */
@ExtendWith({SparkExtension.class, S3Extension.class})
@Timeout(900)
class S3FaultsTest {
    private static final int PHOTOS = 6;

    private final SparkSession spark;
    /** Of a request's way from a task's turn to the store. */
    private static final double SLACK = 0.3;

    private final S3Server server;

    @TempDir
    private Path folder;

    private JobFixture jobs;
    private Bucket bucket;

    S3FaultsTest(SparkSession spark, S3Server server) {
        this.spark = spark;
        this.server = server;
    }

    @BeforeEach
    void prepare() throws IOException {
        jobs = new JobFixture(spark, folder);
        bucket = new Bucket(server, spark.sparkContext().hadoopConfiguration());
        TinyModel.save(folder.resolve("model"), 1);
        for (int i = 0; i < PHOTOS; i++) {
            bucket.put("photos/" + i + ".png", JobFixture.encoded(".png", SyntheticScenes.photo(i, 32, 32)));
        }
    }

    @AfterEach
    void close() throws IOException {
        bucket.close();
    }

    private JsonNode stylize(int exitCode, String... more) throws IOException {
        List<String> options =
                new ArrayList<>(List.of("--tables", jobs.at("tables"), "--set", "max-quarantined-fraction=0.9"));
        options.addAll(Arrays.asList(more));
        return jobs.stylize(exitCode, bucket.uri("photos"), bucket.uri("cartoons"), options.toArray(String[]::new));
    }

    /** What befalls the first requests of a kind, one after the other; later ones pass. */
    private static Function<Request, Fate> first(Map<String, List<Fate>> faults) {
        Map<String, ConcurrentLinkedQueue<Fate>> left = new ConcurrentHashMap<>();
        faults.forEach((kind, fates) -> left.put(kind, new ConcurrentLinkedQueue<>(fates)));
        return request -> {
            Fate next = null;
            for (Map.Entry<String, ConcurrentLinkedQueue<Fate>> each : left.entrySet()) {
                String[] kind = each.getKey().split(" ");
                next = next == null && request.is(kind[0], kind[1])
                        ? each.getValue().poll()
                        : next;
            }
            return next == null ? new Fate.Pass() : next;
        };
    }

    @Test
    void whatPassesIsNoticedByNobody() throws IOException {
        Fate slowDown = new Fate.Refuse(503, "SlowDown");
        Fate broken = new Fate.Refuse(500, "InternalError");
        AtomicInteger early = new AtomicInteger();
        Function<Request, Fate> faults = first(Map.of(
                "GET photos/0.png",
                List.of(slowDown, slowDown, slowDown),
                "GET photos/1.png",
                List.of(new Fate.Truncate(100), new Fate.Truncate(200)),
                "GET photos/2.png",
                List.of(new Fate.Reset(), broken),
                "GET photos/3.png",
                List.of(new Fate.Stall()),
                "GET photos/4.png",
                List.of(new Fate.Shorten(100)),
                "PUT cartoons/0.png.jpg",
                List.of(slowDown, broken),
                "PUT cartoons/1.png.jpg",
                List.of(new Fate.Reset()),
                "PUT cartoons/2.png.jpg",
                List.of(new Fate.Stall()),
                "GET /" + bucket.name(),
                List.of(slowDown, new Fate.Reset())));
        bucket.proxy().fates(request -> {
            Fate fate = faults.apply(request);
            if (request.method().equals("PUT")
                    && !(fate instanceof Fate.Pass)
                    && bucket.has(request.path().substring(bucket.name().length() + 2))) {
                early.incrementAndGet();
            }
            return fate;
        });

        assertThat(JobFixture.counts(stylize(0))).isEqualTo("6/0/0");

        assertThat(early).as("pictures seen before they were whole").hasValue(0);
        assertThat(bucket.keys("cartoons/").stream()
                        .filter(key -> key.endsWith(".jpg"))
                        .count())
                .isEqualTo(PHOTOS);
        assertThat(jobs.rows("tables", Table.QUARANTINE).count()).isZero();
    }

    @Test
    void oneObjectThatCannotBeReadStopsNothingAndIsTriedAgain() throws IOException {
        Map<String, Fate> faults = Map.of(
                "photos/0.png", new Fate.Refuse(403, "AccessDenied"),
                "photos/1.png", new Fate.Refuse(404, "NoSuchKey"),
                "photos/2.png", new Fate.Refuse(500, "InternalError"),
                "photos/3.png", new Fate.Truncate(0), // Of longer pieces S3A makes the whole.
                "photos/4.png", new Fate.Shorten(100));
        bucket.proxy()
                .fates(request -> faults.entrySet().stream()
                        .filter(fault -> request.is("GET", fault.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse(new Fate.Pass()));

        JsonNode summary = stylize(0);

        assertThat(JobFixture.counts(summary)).isEqualTo("1/0/5");
        assertThat(summary.get("reasons").toString()).isEqualTo("{\"unreadable\":5}");
        assertThat(jobs.values("tables", Table.QUARANTINE, "message"))
                .anySatisfy(message -> assertThat(message).contains("photos/0.png: access denied"));
        bucket.proxy().pass();
        assertThat(JobFixture.counts(stylize(0))).isEqualTo("5/1/0");
        assertThat(jobs.rows("tables", Table.QUARANTINE).count()).isZero();
    }

    @Test
    void credentialsThatExpireEndTheRunAndNoPhotoIsBlamed() throws IOException {
        AtomicInteger reads = new AtomicInteger();
        bucket.proxy()
                .fates(request -> request.path().contains("photos/") && reads.incrementAndGet() > 3
                        ? new Fate.Refuse(400, "ExpiredToken")
                        : new Fate.Pass());

        JsonNode summary = stylize(4);

        assertThat(summary.get("message").asText())
                .startsWith("Cannot read " + bucket.uri("photos/"))
                .contains("does not take the credentials (ExpiredToken); renew them and run again")
                .doesNotContain(S3Server.SECRET);
        assertThat(jobs.rows("tables", Table.QUARANTINE).count()).isZero();
        long done = jobs.rows("tables", Table.STYLIZED).count();
        assertThat(done).as("what was done is committed").isPositive();
        assertThat(JobFixture.counts(summary)).as("and told").isEqualTo(done + "/0/0");
        assertThat(jobs.values("tables", Table.RUNS, "outcome")).containsExactly("unreachable");
        bucket.proxy().pass();
        assertThat(JobFixture.counts(stylize(0))).isEqualTo((PHOTOS - done) + "/" + done + "/0");
    }

    @Test
    void aStoreThatFallsSilentEndsTheRunInTime() throws IOException {
        bucket.set(bucket.name(), "connection.timeout", "300");
        bucket.proxy()
                .fates(request ->
                        request.path().contains("cartoons/") && request.path().endsWith(".jpg")
                                ? new Fate.Stall()
                                : new Fate.Pass());

        JsonNode summary = stylize(4);

        assertThat(summary.get("message").asText())
                .startsWith("Cannot write " + bucket.uri("cartoons/"))
                .contains("the store does not answer")
                .contains("fs.s3a.endpoint");
        Map<String, Long> calls = bucket.proxy().log().stream()
                .filter(request -> request.is("PUT", ".jpg"))
                .collect(Collectors.groupingBy(Request::path, Collectors.counting()));
        assertThat(calls).as("two tasks met it, and nobody after them").hasSizeBetween(1, 2);
        assertThat(calls.values())
                .as("(1 + attempts.maximum) x (1 + retry.limit)")
                .allMatch(count -> count <= 8);
        assertThat(jobs.rows("tables", Table.QUARANTINE).count()).isZero();
    }

    @Test
    void aBucketThatIsNotThereIsNamed() throws IOException {
        String missing = bucket.name() + "-not";
        bucket.reach(missing);

        JsonNode summary = jobs.run(
                4,
                "stylize",
                "--model",
                jobs.at("model"),
                "--input",
                "s3a://" + missing + "/photos",
                "--output",
                bucket.uri("cartoons"),
                "--tables",
                jobs.at("tables"));

        assertThat(summary.get("message").asText())
                .isEqualTo("Cannot read --input s3a://" + missing
                        + "/photos: there is no such bucket; check its name and fs.s3a.endpoint");
    }

    @Test
    void readsAreHeldBack() throws IOException {
        assertThat(seconds("GET", ".png", "stylize.max-reads-per-second=2")).isGreaterThan((PHOTOS - 1) / 2.0 - SLACK);
    }

    @Test
    void writesAreHeldBack() throws IOException {
        assertThat(seconds("PUT", ".jpg", "stylize.max-writes-per-second=2")).isGreaterThan((PHOTOS - 1) / 2.0 - SLACK);
    }

    @Test
    void nothingIsHeldBackUnasked() throws IOException {
        assertThat(seconds("PUT", ".jpg", "stylize.max-writes-per-second=0")).isLessThan((PHOTOS - 1) / 2.0 - SLACK);
    }

    /** Between the first and the last request of a kind, as the store gets them. */
    private double seconds(String method, String pathEnd, String setting) throws IOException {
        // Engine and classes are there then.
        stylize(0);
        for (int i = 0; i < PHOTOS; i++) {
            bucket.put("photos/" + i + ".png", JobFixture.encoded(".png", SyntheticScenes.photo(100 + i, 40, 32)));
        }
        List<Long> times = new CopyOnWriteArrayList<>();
        bucket.proxy().fates(request -> {
            if (request.is(method, pathEnd)) {
                times.add(System.nanoTime());
            }
            return new Fate.Pass();
        });

        assertThat(JobFixture.counts(stylize(0, "--set", setting))).isEqualTo("6/0/0");

        assertThat(times).hasSize(PHOTOS);
        return (Collections.max(times) - Collections.min(times)) / 1e9;
    }
}
