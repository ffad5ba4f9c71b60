package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.table.Table;
import io.toonlake.testing.Bucket;
import io.toonlake.testing.FaultProxy.Fate;
import io.toonlake.testing.FaultProxy.Request;
import io.toonlake.testing.S3Extension;
import io.toonlake.testing.S3Server;
import io.toonlake.testing.SparkExtension;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shards on a store; tables on the local disk, but for the first test. */
@ExtendWith({SparkExtension.class, S3Extension.class})
@Timeout(900)
class StylizePackedOnS3Test {
    private static final int PHOTOS = 6;
    private static final String EACH_A_SHARD = "stylize.output.shard-size=1";
    private static final List<String> KEYS =
            IntStream.range(0, PHOTOS).mapToObj(i -> i + "%2Epng").toList();

    private final SparkSession spark;
    private final S3Server server;

    @TempDir
    private Path folder;

    private JobFixture jobs;
    private Bucket bucket;

    StylizePackedOnS3Test(SparkSession spark, S3Server server) {
        this.spark = spark;
        this.server = server;
    }

    @BeforeEach
    void prepare() throws IOException {
        jobs = new JobFixture(spark, folder);
        bucket = new Bucket(server, spark.sparkContext().hadoopConfiguration());
        TinyModel.save(folder.resolve("model"), 1);
        for (int i = 0; i < PHOTOS; i++) {
            jobs.photo("photos/" + i + ".png", i, 32, 32);
        }
    }

    @AfterEach
    void close() throws IOException {
        bucket.close();
    }

    private List<String> command(String... more) {
        List<String> command = new ArrayList<>(List.of(
                "stylize",
                "--model",
                jobs.at("model"),
                "--input",
                jobs.at("photos"),
                "--output",
                bucket.uri("cartoons")));
        command.addAll(Arrays.asList(more));
        return command;
    }

    private JsonNode stylize(int exitCode, String layout, String... more) throws IOException {
        List<String> command = command("--tables", jobs.at("tables"), "--set", "stylize.output.layout=" + layout);
        command.addAll(Arrays.asList(more));
        return jobs.run(exitCode, command.toArray(String[]::new));
    }

    private List<String> keys() throws IOException {
        List<String> keys = new ArrayList<>();
        for (String shard : bucket.keys("cartoons/webdataset/")) {
            try (TarArchiveInputStream in =
                    new TarArchiveInputStream(new ByteArrayInputStream(bucket.get(shard)), "UTF-8")) {
                for (TarArchiveEntry entry = in.getNextTarEntry(); entry != null; entry = in.getNextTarEntry()) {
                    if (entry.getName().endsWith(".jpg")) {
                        keys.add(entry.getName().substring(0, entry.getName().length() - ".jpg".length()));
                    }
                }
            }
        }
        return keys.stream().sorted().toList();
    }

    private void nothingIsLeft() {
        assertThat(bucket.uploads("cartoons/")).isEmpty();
        assertThat(bucket.keys("cartoons/"))
                .noneMatch(key -> key.contains("__magic") || key.contains("_temporary") || key.contains("/packing/"));
    }

    @ParameterizedTest
    @CsvSource({"webdataset, tar", "parquet, parquet"})
    void aShardIsAnUploadThatIsCompletedByTheCommit(String layout, String extension) throws IOException {
        List<String> command = command("--set", "stylize.output.layout=" + layout);
        assertThat(JobFixture.counts(jobs.run(0, command.toArray(String[]::new))))
                .isEqualTo("6/0/0");

        String shard = "cartoons/" + layout + "/cartoons-000000." + extension;
        assertThat(bucket.keys("cartoons/" + layout + "/")).containsExactly(shard);
        List<Request> log = bucket.proxy().log();
        assertThat(log.stream()
                        .filter(request -> request.path().equals("/" + bucket.name() + "/" + shard))
                        .filter(request -> !request.method().equals("HEAD"))
                        .map(request -> request.method()
                                + (request.query().contains("partNumber=")
                                        ? " part"
                                        : " " + request.query().replaceFirst("=.*", ""))))
                .containsExactly("POST uploads", "PUT part", "POST uploadId");
        assertThat(log)
                .as("copies, but for the checksums that Delta keeps of its log")
                .noneMatch(request -> request.headers().containsKey("x-amz-copy-source")
                        && !request.path().endsWith(".crc"));
        nothingIsLeft();
        bucket.proxy().forget();
        assertThat(JobFixture.counts(jobs.run(0, command.toArray(String[]::new))))
                .isEqualTo("0/6/0");
        assertThat(bucket.proxy().log()).noneMatch(request -> request.path().endsWith(shard));
    }

    /** Of six shards, two are completed before the store refuses. */
    @Test
    void ofACommitThatFailsTheNextRunMakesTheWhole() throws IOException {
        AtomicInteger completed = new AtomicInteger();
        bucket.proxy()
                .fates(request -> request.method().equals("POST")
                                && request.query().startsWith("uploadId")
                                && completed.incrementAndGet() > 2
                        ? new Fate.Refuse(403, "AccessDenied")
                        : new Fate.Pass());

        assertThat(stylize(4, "webdataset", "--set", EACH_A_SHARD)
                        .get("message")
                        .asText())
                .startsWith("Cannot write shards to " + bucket.uri("cartoons"))
                .contains("access denied");

        assertThat(jobs.rows("tables", Table.STYLIZED).count()).isZero();
        assertThat(keys()).as("each is whole").hasSizeBetween(0, 2).isSubsetOf(KEYS);
        bucket.proxy().pass();
        assertThat(JobFixture.counts(stylize(0, "webdataset", "--set", EACH_A_SHARD)))
                .isEqualTo("6/0/0");
        assertThat(keys()).isEqualTo(KEYS);
        nothingIsLeft();
        assertThat(JobFixture.counts(stylize(0, "webdataset"))).isEqualTo("0/6/0");
    }

    @Test
    void shardsThatCannotBeWrittenAreNotSeen() throws IOException {
        bucket.proxy()
                .fates(request -> request.query().contains("partNumber=")
                        ? new Fate.Refuse(403, "AccessDenied")
                        : new Fate.Pass());

        assertThat(stylize(4, "webdataset").get("message").asText())
                .startsWith("Cannot write " + bucket.uri("cartoons/webdataset/cartoons-000000.tar"));

        assertThat(bucket.keys("cartoons/webdataset/")).noneMatch(key -> key.endsWith(".tar"));
        assertThat(jobs.rows("tables", Table.QUARANTINE).count()).isZero();
        bucket.proxy().pass();
        assertThat(JobFixture.counts(stylize(0, "webdataset"))).isEqualTo("6/0/0");
        assertThat(keys()).isEqualTo(KEYS);
        nothingIsLeft();
    }

    /** The shard is written, and what says so is refused: the attempt fails at its very end, and Spark makes another. */
    @Test
    void anAttemptThatFailedLeavesNoSecondShard() throws IOException, InterruptedException {
        AtomicInteger refused = new AtomicInteger();
        bucket.proxy()
                .fates(request -> request.is("PUT", ".pendingset") && refused.incrementAndGet() <= 2
                        ? new Fate.Refuse(403, "AccessDenied")
                        : new Fate.Pass());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("src/main/dist/jvm-options").toAbsolutePath(),
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "-Dspark.master=local[2,3]",
                "-Dspark.driver.host=127.0.0.1",
                "-Dspark.driver.bindAddress=127.0.0.1"));
        String its = "fs.s3a.bucket." + bucket.name() + ".";
        spark.sparkContext()
                .hadoopConfiguration()
                .getPropsWithPrefix(its)
                .forEach((key, value) -> command.add("-Dspark.hadoop." + its + key + "=" + value));
        command.add("io.toonlake.job.Main");
        command.addAll(command("--tables", jobs.at("tables"), "--set", "stylize.output.layout=webdataset"));
        Process run = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try {
            assertThat(run.waitFor(8, TimeUnit.MINUTES)).isTrue();
        } finally {
            run.destroyForcibly();
        }

        assertThat(run.exitValue()).as(Files.readString(folder.resolve("log"))).isZero();
        assertThat(refused).hasValue(3);
        assertThat(bucket.keys("cartoons/webdataset/")).containsExactly("cartoons/webdataset/cartoons-000000.tar");
        assertThat(keys()).isEqualTo(KEYS);
        assertThat(jobs.rows("tables", Table.STYLIZED).count()).isEqualTo(PHOTOS);
        nothingIsLeft();
    }
}
