package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left of a batch whose task Spark gives up, as it does where a photo ends each executor that gets it. */
@ExtendWith(SparkExtension.class)
class StylizeFailureTest {
    private static final int GOOD = 15;

    private final SparkSession spark;

    @TempDir
    private Path folder;

    StylizeFailureTest(SparkSession spark) {
        this.spark = spark;
    }

    /** Local files of which some end their task, and not as an exception that concerns a photo. */
    public static final class Failing extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("failing:///");
        }

        @Override
        public String getScheme() {
            return "failing";
        }

        @Override
        public FSDataInputStream open(org.apache.hadoop.fs.Path file, int bufferSize) throws IOException {
            if (file.getName().startsWith("z")) {
                throw new AssertionError("as if the process had ended");
            }
            return super.open(file, bufferSize);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"files", "webdataset"})
    void whatOtherTasksHaveMadeIsCommittedAndThePhotoIsNamed(String layout) throws IOException {
        spark.sparkContext().hadoopConfiguration().set("fs.failing.impl", Failing.class.getName());
        JobFixture jobs = new JobFixture(spark, folder);
        TinyModel.save(folder.resolve("model"), 1);
        List<String> lines = new ArrayList<>(List.of("failing:" + jobs.at("photos/z.jpg")));
        for (int i = 0; i < GOOD; i++) {
            jobs.photo("photos/" + (char) ('a' + i) + ".jpg", i, 32, 32);
            lines.add("failing:" + jobs.at("photos/" + (char) ('a' + i) + ".jpg"));
        }
        jobs.photo("photos/z.jpg", 1, 32, 32);
        jobs.write("list.txt", String.join("\n", lines).getBytes(StandardCharsets.UTF_8));

        JsonNode failed = stylize(jobs, 1, layout);

        long done = failed.get("done").asLong();
        assertThat(done)
                .isBetween(1L, (long) GOOD)
                .isEqualTo(jobs.rows("out/_toonlake", Table.STYLIZED).count());
        assertThat(failed.get("message").asText())
                .startsWith("Cannot stylize the photos of one task: ")
                .contains("AssertionError: as if the process had ended", "photos/z.jpg");
        assertThat(jobs.values("out/_toonlake", Table.RUNS, "outcome")).containsExactly("failed");
        JsonNode next = stylize(jobs, 0, layout, "--exclude", "z.jpg");
        assertThat(JobFixture.counts(next)).isEqualTo((GOOD - done) + "/" + done + "/0");
        assertThat(next.get("filtered").asLong()).isEqualTo(1);
    }

    private static JsonNode stylize(JobFixture jobs, int exitCode, String layout, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "stylize",
                "--model",
                jobs.at("model"),
                "--input-list",
                jobs.at("list.txt"),
                "--output",
                jobs.at("out"),
                "--set",
                "stylize.output.layout=" + layout));
        command.addAll(Arrays.asList(more));
        return jobs.run(exitCode, command.toArray(String[]::new));
    }
}
