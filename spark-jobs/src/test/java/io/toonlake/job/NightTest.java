package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What benchmarks/night measures, small. */
@ExtendWith(SparkExtension.class)
class NightTest {
    @Test
    void aNightWithNothingNewFindsEveryPhotoUnchanged(SparkSession spark, @TempDir Path folder) throws IOException {
        int thousands = 12; // more than the driver keeps by itself
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        hadoop.set("fs.s3night.impl", NightStore.class.getName());
        hadoop.setInt("night.thousands", thousands);
        // Other tests list such a store too: theirs may be kept, with their settings.
        hadoop.setBoolean("fs.s3night.impl.disable.cache", true);
        JobFixture jobs = new JobFixture(spark, folder);
        NightBenchmark.prepare(folder, thousands);

        JsonNode summary = jobs.run(
                0,
                "stylize",
                "--model",
                jobs.at("model"),
                "--input",
                "s3night:" + folder + "/photos",
                "--output",
                "s3night:" + folder + "/cartoons",
                "--tables",
                jobs.at("tables"));

        assertThat(JobFixture.counts(summary)).isEqualTo("0/12000/0");
        assertThat(jobs.rows("tables", Table.STYLIZED).count()).isEqualTo(12_000);
    }
}
