package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.edge.EdgeSettings;
import io.toonlake.edge.EdgeSmoother;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.PixelImage;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class EdgeSmoothJobTest {
    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;

    EdgeSmoothJobTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() throws IOException {
        jobs = new JobFixture(spark, folder);
        jobs.cartoon("cartoons/a.png", 1);
        jobs.cartoon("cartoons/b.png", 2);
        ingest("cartoon", "hayao", "cartoons");
    }

    private JsonNode ingest(String domain, String collection, String input, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "ingest",
                "--domain",
                domain,
                "--collection",
                collection,
                "--input",
                jobs.at(input),
                "--tables",
                jobs.at("lake"),
                "--set",
                "ingest.limits.min-side-pixels=64",
                "--set",
                "ingest.sample.size-pixels=64",
                "--set",
                "ingest.near-duplicate-bits=0"));
        command.addAll(Arrays.asList(more));
        return jobs.run(0, command.toArray(String[]::new));
    }

    private JsonNode smooth(int exitCode, String collection, String... more) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("edge-smooth", "--tables", jobs.at("lake"), "--collection", collection));
        command.addAll(Arrays.asList(more));
        return jobs.run(exitCode, command.toArray(String[]::new));
    }

    @Test
    void everySampleIsSmoothedAsTheLibraryDoesIt() throws Exception {
        long samples = jobs.rows("lake", Table.SAMPLES).count();

        JsonNode summary = smooth(0, "hayao");

        assertThat(JobFixture.counts(summary)).isEqualTo(samples + "/0/0");
        List<Row> originals = jobs.rows("lake", Table.SAMPLES)
                .orderBy("sha256", "sample_index")
                .collectAsList();
        List<Row> smoothed = jobs.rows("lake", Table.EDGE_SMOOTHED)
                .orderBy("sha256", "sample_index")
                .collectAsList();
        assertThat(smoothed).hasSameSizeAs(originals).isNotEmpty();
        EdgeSmoother smoother = new EdgeSmoother(new EdgeSettings(100, 200, 5, 5));
        for (int i = 0; i < originals.size(); i++) {
            PixelImage original = decoded(originals.get(i));
            assertThat(decoded(smoothed.get(i)))
                    .isEqualTo(smoother.smooth(original))
                    .isNotEqualTo(original);
        }
    }

    @Test
    void theSecondRunDoesNothing() throws IOException {
        smooth(0, "hayao");
        List<String> runs = jobs.values("lake", Table.EDGE_SMOOTHED, "run_id");

        JsonNode second = smooth(0, "hayao");

        assertThat(second.get("done").asLong()).isZero();
        assertThat(second.get("unchanged").asLong()).isEqualTo(runs.size());
        assertThat(jobs.values("lake", Table.EDGE_SMOOTHED, "run_id")).isEqualTo(runs);
    }

    @Test
    void otherSettingsSmoothAgain() throws IOException {
        smooth(0, "hayao");
        long samples = jobs.rows("lake", Table.EDGE_SMOOTHED).count();

        JsonNode summary = smooth(0, "hayao", "--set", "edge.blur-pixels=7");

        assertThat(JobFixture.counts(summary)).isEqualTo(samples + "/0/0");
        assertThat(jobs.rows("lake", Table.EDGE_SMOOTHED).count()).isEqualTo(samples);
    }

    @Test
    void anInterruptedRunIsCompleted() throws IOException {
        smooth(0, "hayao");
        long samples = jobs.rows("lake", Table.EDGE_SMOOTHED).count();
        spark.sql("DELETE FROM delta.`" + folder.resolve("lake/edge_smoothed") + "` WHERE sample_index = 0");
        long left = jobs.rows("lake", Table.EDGE_SMOOTHED).count();

        JsonNode summary = smooth(0, "hayao");

        assertThat(JobFixture.counts(summary)).isEqualTo((samples - left) + "/" + left + "/0");
        assertThat(left).isBetween(1L, samples - 1);
    }

    @Test
    void whatWasRefusedLeavesTheQuarantineWhenItIsWell() throws IOException {
        long samples = jobs.rows("lake", Table.SAMPLES).count();
        Lake lake = new Lake(
                spark, new org.apache.hadoop.fs.Path(folder.resolve("lake").toUri()));
        Dataset<Row> whole = spark.createDataFrame(
                jobs.rows("lake", Table.SAMPLES).filter("sample_index = 0").collectAsList(), Table.SAMPLES.schema());
        lake.upsert(Table.SAMPLES, whole.withColumn("pixels", functions.lit(new byte[] {1, 2, 3})));

        JsonNode broken = smooth(0, "hayao", "--set", "max-quarantined-fraction=0.9");

        assertThat(JobFixture.counts(broken)).isEqualTo((samples - 2) + "/0/2");
        assertThat(jobs.rows("lake", Table.QUARANTINE).count()).isEqualTo(2);
        lake.upsert(Table.SAMPLES, whole);
        assertThat(JobFixture.counts(smooth(0, "hayao"))).isEqualTo("2/" + (samples - 2) + "/0");
        assertThat(jobs.rows("lake", Table.QUARANTINE).count()).isZero();
    }

    @Test
    void samplesCutAnewAreSmoothedAnew() throws IOException {
        smooth(0, "hayao");
        ingest("cartoon", "hayao", "cartoons", "--set", "ingest.sample.max-per-image=1");

        JsonNode summary = smooth(0, "hayao");

        assertThat(JobFixture.counts(summary)).isEqualTo("2/0/0");
        assertThat(jobs.rows("lake", Table.EDGE_SMOOTHED).count()).isEqualTo(2);
        assertThat(jobs.rows("lake", Table.SAMPLES).count()).isEqualTo(2);
    }

    @Test
    void onlyCartoonsAreSmoothed() throws IOException {
        jobs.photo("photos/p.jpg", 3);
        ingest("photo", "flickr", "photos");

        assertThat(smooth(2, "flickr").get("message").asText())
                .isEqualTo(
                        "Invalid --collection: flickr (it holds photos, and cartoons are needed; the cartoon collections are: hayao)");
        assertThat(smooth(2, "hayoa").get("message").asText())
                .contains("no such collection")
                .contains("are: hayao");
    }

    private static PixelImage decoded(Row row) throws ImageRefusedException {
        return new ImageDecoder(new DecodeLimits(1 << 20, 1 << 20, 1))
                .decode(row.getAs("pixels"))
                .image();
    }
}
