package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.table.Table;
import io.toonlake.testing.BrokenImages;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Counts of thousands of files: 200 malformed ones among so many good ones that the default failure budget of 5 % holds, and malformed ones alone. */
@Tag("long")
@ExtendWith(SparkExtension.class)
class FullCountsTest {
    private static final int GOOD = 4000;
    private static final int MALFORMED = 200;
    private static final int TEN_THOUSAND = 10_000;

    private final SparkSession spark;

    FullCountsTest(SparkSession spark) {
        this.spark = spark;
    }

    @Test
    void theDefaultBudgetHolds(@TempDir Path folder) throws IOException {
        JobFixture jobs = new JobFixture(spark, folder);
        for (BrokenImages.Item item : BrokenImages.malformed(1, MALFORMED)) {
            item.writeBelow(folder.resolve("photos"));
        }
        for (BrokenImages.Item item : BrokenImages.good(2, GOOD)) {
            item.writeBelow(folder.resolve("photos"));
        }
        TinyModel.save(folder.resolve("model"), 1);

        JsonNode ingested = jobs.run(
                0,
                "ingest",
                "--domain",
                "photo",
                "--collection",
                "mixed",
                "--input",
                jobs.at("photos"),
                "--tables",
                jobs.at("lake"),
                "--set",
                "ingest.limits.min-side-pixels=16",
                "--set",
                "ingest.sample.size-pixels=32");
        JsonNode stylized = jobs.run(
                0, "stylize", "--model", jobs.at("model"), "--input", jobs.at("photos"), "--output", jobs.at("out"));

        assertThat(JobFixture.counts(ingested)).isEqualTo(GOOD + "/0/" + MALFORMED);
        assertThat(JobFixture.counts(stylized)).isEqualTo(GOOD + "/0/" + MALFORMED);
        assertThat(jobs.rows("lake", Table.IMAGES).count()).isEqualTo(GOOD);
        assertThat(jobs.rows("out/_toonlake", Table.STYLIZED).count()).isEqualTo(GOOD);
    }

    @Test
    void tenThousandMalformedPicturesAreInQuarantineEachForItsReason(@TempDir Path folder) throws IOException {
        JobFixture jobs = new JobFixture(spark, folder);
        Map<String, String> expected = new TreeMap<>();
        for (BrokenImages.Item item : BrokenImages.malformed(7, TEN_THOUSAND)) {
            Path file = item.writeBelow(folder.resolve("photos"));
            expected.put("file:" + file, item.expected().orElseThrow().code());
        }
        assertThat(expected).hasSize(TEN_THOUSAND);

        JsonNode ingested = jobs.run(
                0,
                "ingest",
                "--domain=photo",
                "--collection=malformed",
                "--input=" + jobs.at("photos"),
                "--tables=" + jobs.at("lake"),
                "--set=max-quarantined-fraction=1",
                "--set=ingest.limits.min-side-pixels=16",
                "--set=ingest.sample.size-pixels=32");

        assertThat(JobFixture.counts(ingested)).isEqualTo("0/0/" + TEN_THOUSAND);
        Map<String, String> found = new TreeMap<>();
        for (Row row :
                jobs.rows("lake", Table.QUARANTINE).select("path", "reason").collectAsList()) {
            found.put(row.getString(0), row.getString(1));
        }
        assertThat(found).isEqualTo(expected);
        System.out.println("ingest: " + String.format("%,d", found.size()) + " malformed, reasons "
                + new TreeSet<>(found.values()));
    }
}
