package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.table.Table;
import io.toonlake.testing.BrokenImages;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** 200 malformed files among 40 good ones: every good one comes out, every bad one is accounted for by its own reason. */
@ExtendWith(SparkExtension.class)
class MalformedFilesTest {
    private static final int MALFORMED = 200;
    private static final int GOOD = 40;

    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;
    private final Map<String, String> expected = new TreeMap<>();

    MalformedFilesTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void write() throws IOException {
        jobs = new JobFixture(spark, folder);
        List<BrokenImages.Item> items = new ArrayList<>(BrokenImages.malformed(1, MALFORMED));
        items.addAll(BrokenImages.good(2, GOOD));
        for (BrokenImages.Item item : items) {
            item.writeBelow(folder.resolve("lake of photos"));
            String clash = expected.put(
                    item.name(), item.expected().map(reason -> reason.code()).orElse("good"));
            assertThat(clash).as("two files named " + item.name()).isNull();
        }
    }

    @Test
    void ingestAccountsForEveryFile() throws IOException {
        JsonNode summary = jobs.run(
                0,
                "ingest",
                "--domain",
                "photo",
                "--collection",
                "mixed",
                "--input",
                jobs.at("lake of photos"),
                "--tables",
                jobs.at("tables"),
                "--set",
                "ingest.limits.min-side-pixels=16",
                "--set",
                "ingest.sample.size-pixels=32",
                "--set",
                "max-quarantined-fraction=0.9");

        assertThat(JobFixture.counts(summary)).isEqualTo(GOOD + "/0/" + MALFORMED);
        assertThat(outcomes("tables", jobs.values("tables", Table.IMAGES, "path")))
                .isEqualTo(expected);
    }

    @Test
    void stylizeAccountsForEveryFile() throws IOException {
        TinyModel.save(folder.resolve("model"), 1);

        // The default budget is 5 %: far exceeded, and yet everything good is there.
        JsonNode summary = jobs.run(
                3,
                "stylize",
                "--model",
                jobs.at("model"),
                "--input",
                jobs.at("lake of photos"),
                "--output",
                jobs.at("out"));

        assertThat(JobFixture.counts(summary)).isEqualTo(GOOD + "/0/" + MALFORMED);
        assertThat(outcomes("out/_toonlake", jobs.values("out/_toonlake", Table.STYLIZED, "path")))
                .isEqualTo(expected);
        for (String output : jobs.values("out/_toonlake", Table.STYLIZED, "output")) {
            assertThat(Files.size(Path.of(
                            new org.apache.hadoop.fs.Path(output).toUri().getPath())))
                    .isPositive();
        }
        assertThat(JobFixture.counts(jobs.run(
                        0,
                        "stylize",
                        "--model",
                        jobs.at("model"),
                        "--input",
                        jobs.at("lake of photos"),
                        "--output",
                        jobs.at("out"),
                        "--set",
                        "max-quarantined-fraction=0.9")))
                .isEqualTo("0/" + GOOD + "/" + MALFORMED);
    }

    /** Name below the input to {@code good} or the reason of the quarantine. */
    private Map<String, String> outcomes(String tables, List<String> accepted) {
        Map<String, String> outcomes = new TreeMap<>();
        accepted.forEach(path -> outcomes.put(name(path), "good"));
        for (Row row : jobs.rows(tables, Table.QUARANTINE).collectAsList()) {
            String path = row.getAs("path");
            assertThat(row.<String>getAs("message")).startsWith("Cannot decode " + path + ": ");
            assertThat(outcomes.put(name(path), row.getAs("reason")))
                    .as("accepted and refused: " + path)
                    .isNull();
        }
        return outcomes;
    }

    private static String name(String path) {
        return path.replaceFirst(".*/lake of photos/", "");
    }
}
