package io.toonlake.job;

import static io.toonlake.flickr.PlayedFlickr.fail;
import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.fetch.PhotoServer;
import io.toonlake.flickr.PlayedFlickr;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Photos that were taken in under CC BY 2.0, and a Flickr, played by a server on this machine, that says what they are by now. */
@ExtendWith(SparkExtension.class)
class RecheckJobTest {
    private static final String IMAGES = "collection string, domain string, path string, sha256 string";
    private static final String PROVENANCE =
            "collection string, path string, photo_id string, licence_id int, sha256 string";

    /** A Flickr that knows one licence only. */
    private static final String LICENCES =
            "{\"stat\":\"ok\",\"licenses\":{\"license\":[{\"id\":\"0\",\"name\":\"All Rights Reserved\",\"url\":\"\"}]}}";

    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;
    private final PlayedFlickr flickr = new PlayedFlickr(4000);
    private PhotoServer server;

    RecheckJobTest(SparkSession spark) {
        this.spark = spark;
    }

    /** Photos 1001 to 1005, the first of them a second time in another collection, and one that is not from Flickr. */
    @BeforeEach
    void prepare() {
        jobs = new JobFixture(spark, folder);
        server = new PhotoServer(flickr::reply);
        List<Row> images = new ArrayList<>();
        List<Row> provenance = new ArrayList<>();
        for (long id = 1001; id <= 1005; id++) {
            String path = path(id);
            images.add(RowFactory.create("lakes", "photo", path, "sha" + id));
            provenance.add(RowFactory.create("lakes", path, String.valueOf(id), 4, "sha" + id));
            flickr.photo(id, 0, 4, "https://live.example");
        }
        images.add(RowFactory.create("others", "photo", path(2001), "sha2001"));
        provenance.add(RowFactory.create("others", path(2001), "1001", 4, "sha2001"));
        images.add(RowFactory.create("mine", "photo", path(1), "sha1"));
        append(Table.IMAGES, IMAGES, images);
        append(Table.PROVENANCE, PROVENANCE, provenance);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String path(long id) {
        return "file:" + jobs.at("photos/" + id + ".jpg");
    }

    private void append(Table table, String columns, List<Row> rows) {
        new Lake(spark, new org.apache.hadoop.fs.Path(folder.resolve("lake").toUri()))
                .append(table, spark.createDataFrame(rows, StructType.fromDDL(columns)));
    }

    private JsonNode recheck(int exitCode, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "recheck",
                "--tables=" + jobs.at("lake"),
                "--set=ingest.fetch.contact=you@example.org",
                "--set=ingest.fetch.allow-loopback=true",
                "--set=ingest.fetch.attempts=3",
                "--set=ingest.fetch.back-off-seconds=0.01",
                "--set=ingest.flickr.url=" + server.url("/rest/"),
                "--set=ingest.flickr.max-requests-per-hour=0"));
        command.addAll(Arrays.asList(more));
        if (command.stream().noneMatch(option -> option.startsWith("--collection"))) {
            command.add("--collection=lakes");
        }
        return jobs.run(exitCode, command.toArray(String[]::new));
    }

    private JsonNode purge(String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("purge", "--collection=lakes", "--tables=" + jobs.at("lake")));
        command.addAll(Arrays.asList(more));
        return jobs.run(0, command.toArray(String[]::new));
    }

    private List<String> asked() {
        return flickr.requests().stream()
                .filter(request -> request.get("method").equals("flickr.photos.getInfo"))
                .map(request -> request.get("photo_id"))
                .toList();
    }

    /** {@code id state licence} of each answer. */
    private List<String> answers() {
        return jobs.rows("lake", Table.RECHECKS).orderBy("photo_id").collectAsList().stream()
                .map(row -> row.getAs("photo_id") + " " + row.getAs("state") + " " + row.getAs("licence_id"))
                .toList();
    }

    private void becomes(long id, int licence) {
        flickr.remove(id);
        flickr.photo(id, 0, licence, "https://live.example");
    }

    @Test
    void photosThatAreGoneOrRelicensedAreFoundAndPurgeGoesByThat() throws IOException {
        flickr.remove(1001);
        becomes(1002, 0);
        becomes(1003, 12);
        becomes(1004, 17);
        Instant before = Instant.now();

        JsonNode summary = recheck(0);

        assertThat(JobFixture.counts(summary)).isEqualTo("5/0/0");
        assertThat(asked()).containsExactly("1001", "1002", "1003", "1004", "1005");
        assertThat(server.requests().get(0).headers().get("user-agent"))
                .matches("toonlake/\\S+ \\(\\+you@example\\.org\\)");
        assertThat(answers())
                .containsExactly(
                        "1001 gone null",
                        "1002 available 0",
                        "1003 available 12",
                        "1004 unknown-licence 17",
                        "1005 available 4");
        Row one = jobs.rows("lake", Table.RECHECKS).head();
        assertThat(one.<Timestamp>getAs("checked").toInstant()).isBetween(before, Instant.now());
        assertThat(one.<String>getAs("run_id")).isEqualTo(summary.get("run").asText());
        assertThat(summary.get("message").asText())
                .isEqualTo(
                        "of 5 photos of collection lakes 5 were asked for in all: 1 are gone, 2 are under another licence "
                                + "than table provenance has, 1 of which allow no pictures made from them; 1 are under one that Toonlake does not know "
                                + "(state unknown-licence of table rechecks; purge --photos takes a list of ids)");
        assertThat(summary.get("figures").toString())
                .isEqualTo("{\"flickrRequests\":6.0,\"gone\":1.0,\"relicensed\":2.0,\"derivativesForbidden\":1.0,"
                        + "\"licenceUnknown\":1.0}");
        assertThat(jobs.rows("lake", Table.PROVENANCE).filter("licence_id = 4").count())
                .as("what they were taken in under stays known")
                .isEqualTo(6);

        assertThat(purge("--licence=4", "--dry-run").get("filteredBy").toString())
                .as("1001, its copy, 1004 and 1005")
                .isEqualTo("{\"dry-run\":4}");
        assertThat(JobFixture.counts(purge("--licence=0"))).isEqualTo("1/0/0");
        assertThat(JobFixture.counts(purge("--gone"))).as("and its copy").isEqualTo("2/0/0");
        assertThat(jobs.rows("lake", Table.PURGES).orderBy("path").collectAsList())
                .extracting(row -> row.getAs("path") + " " + row.getAs("reason"))
                .containsExactly(path(1001) + " gone", path(1002) + " licence 0", path(2001) + " copy");
        assertThat(answers())
                .as("nothing is known of what is purged")
                .hasSize(3)
                .noneMatch(answer -> answer.contains("gone"));
    }

    @Test
    void turnsAreTakenByTheTimeOfTheLastAnswer() throws IOException {
        JsonNode first = recheck(0, "--limit=2");

        assertThat(JobFixture.counts(first)).isEqualTo("2/0/0");
        assertThat(first.get("filteredBy").toString()).isEqualTo("{\"limit\":3}");
        assertThat(first.get("message").asText())
                .startsWith("of 5 photos of collection lakes 2 were asked for in all: 0 ");
        assertThat(JobFixture.counts(recheck(0, "--limit=2"))).isEqualTo("2/2/0");
        assertThat(JobFixture.counts(recheck(0, "--limit=2"))).isEqualTo("1/4/0");
        assertThat(asked()).containsExactly("1001", "1002", "1003", "1004", "1005");
        flickr.forgetRequests();

        assertThat(JobFixture.counts(recheck(0))).isEqualTo("0/5/0");
        assertThat(flickr.requests()).isEmpty();

        flickr.remove(1001);
        assertThat(JobFixture.counts(recheck(0, "--limit=3", "--older-than-days=0")))
                .isEqualTo("3/0/0");
        assertThat(asked()).containsExactly("1001", "1002", "1003");
        assertThat(answers()).hasSize(5).contains("1001 gone null");

        // A photo that is shown again.
        becomes(1001, 4);
        recheck(0, "--older-than-days=0");
        assertThat(answers()).hasSize(5).contains("1001 available 4");
        assertThat(JobFixture.counts(purge("--gone"))).isEqualTo("0/0/0");
    }

    @Test
    void whatWasAnsweredIsKeptWhereFlickrFails() throws IOException {
        flickr.before(parameters -> {
            if (Integer.parseInt(parameters.get("photo_id")) >= 1003) {
                throw new IllegalStateException("the connection breaks");
            }
        });

        JsonNode died = recheck(4);

        assertThat(died.get("message").asText())
                .startsWith("Cannot ask Flickr's API at " + server.url("/rest/") + ": ")
                .endsWith("3 times (2 of 5 answers are kept; run again to go on)");
        assertThat(answers()).containsExactly("1001 available 4", "1002 available 4");
        flickr.before(parameters -> {});
        flickr.forgetRequests();

        assertThat(JobFixture.counts(recheck(0))).isEqualTo("3/2/0");
        assertThat(asked()).containsExactly("1003", "1004", "1005");
    }

    @Test
    void aPhotoThatFlickrCannotAnswerForKeepsNoOtherWaiting() throws IOException {
        flickr.trouble(PlayedFlickr.json(LICENCES), fail(116, "Bad URL found"), fail(2, "Permission denied"));

        JsonNode summary = recheck(0);

        assertThat(JobFixture.counts(summary)).isEqualTo("4/0/0");
        assertThat(summary.get("filteredBy").toString()).isEqualTo("{\"failed\":1}");
        assertThat(answers())
                .startsWith("1001 failed null", "1002 gone null", "1003 unknown-licence 4")
                .hasSize(5);
        assertThat(JobFixture.counts(recheck(0))).as("its turn comes again").isEqualTo("0/5/0");
    }

    @Test
    void whatFlickrHasSaidOutlivesAQuestionThatItCannotAnswer() throws IOException {
        flickr.remove(1002);
        recheck(0);
        assertThat(answers()).contains("1002 gone null", "1001 available 4");
        Lake lake = new Lake(
                spark, new org.apache.hadoop.fs.Path(folder.resolve("lake").toUri()));
        Dataset<Row> longAgo = lake.read(Table.RECHECKS).withColumn("checked", expr("timestamp'2020-01-01 00:00:00Z'"));
        lake.upsert(Table.RECHECKS, spark.createDataFrame(longAgo.collectAsList(), Table.RECHECKS.schema()));
        flickr.before(parameters -> {
            if (parameters.get("photo_id").matches("100[12]")) {
                throw new IllegalStateException("the connection breaks");
            }
        });

        JsonNode summary = recheck(0);

        assertThat(summary.get("filteredBy").toString()).isEqualTo("{\"failed\":2}");
        assertThat(answers()).contains("1002 gone null", "1001 available 4");
        assertThat(jobs.rows("lake", Table.RECHECKS)
                        .filter("checked < timestamp'2021-01-01'")
                        .count())
                .as("its turn is over")
                .isZero();
    }

    @Test
    void manyAnswersAreWrittenInParts() throws IOException {
        List<Row> images = new ArrayList<>();
        List<Row> provenance = new ArrayList<>();
        for (long id = 3001; id <= 3250; id++) {
            images.add(RowFactory.create("many", "photo", path(id), "sha" + id));
            provenance.add(RowFactory.create("many", path(id), String.valueOf(id), 4, "sha" + id));
            flickr.photo(id, 0, 4, "https://live.example");
        }
        append(Table.IMAGES, IMAGES, images);
        append(Table.PROVENANCE, PROVENANCE, provenance);
        List<Long> kept = new ArrayList<>();
        flickr.before(parameters -> {
            if (parameters.get("photo_id").equals("3206")) {
                kept.add(jobs.rows("lake", Table.RECHECKS).count());
            }
        });

        assertThat(JobFixture.counts(recheck(0, "--collection=many"))).isEqualTo("250/0/0");
        assertThat(kept).as("what a kill would have left then").containsExactly(200L);
        assertThat(jobs.rows("lake", Table.RECHECKS).count()).isEqualTo(250);
    }

    @Test
    void whatCannotBeUnderstoodIsSaid() throws IOException {
        assertThat(message("--limit=0")).isEqualTo("Invalid --limit: 0 (must be 1 or more)");
        assertThat(message("--older-than-days=-1")).isEqualTo("Invalid --older-than-days: -1 (must be 0 or more)");
        assertThat(message("--set=ingest.fetch.contact="))
                .startsWith("Invalid ingest.fetch.contact: nothing (recheck tells every server");
        assertThat(jobs.run(
                                2,
                                "recheck",
                                "--collection=mine",
                                "--tables=" + jobs.at("lake"),
                                "--set=ingest.fetch.contact=a@b")
                        .get("message")
                        .asText())
                .startsWith("Invalid --collection: mine (table provenance has no photo of it: only those that ");
        flickr.trouble(fail(100, "Invalid API Key (" + PlayedFlickr.KEY + ")"));
        assertThat(message()).startsWith("Invalid FLICKR_API_KEY: not shown here (Flickr says: Invalid API Key (***) ");
        flickr.trouble(fail(112, "Method not found"));
        assertThat(message()).startsWith("Invalid recheck: Flickr says: Method not found (code 112) (see https://");
        assertThat(jobs.rows("lake", Table.RECHECKS).isEmpty()).isTrue();
    }

    private String message(String... more) throws IOException {
        return recheck(2, more).get("message").asText();
    }
}
