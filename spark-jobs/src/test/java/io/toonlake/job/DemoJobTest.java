package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.PixelImage;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The demo with fewer rounds. */
@ExtendWith(SparkExtension.class)
class DemoJobTest {
    private static final String[] SHORT = {
        "--set", "train.initialization-rounds=8", "--set", "train.adversarial-rounds=2"
    };

    private final SparkSession spark;

    @TempDir
    private Path folder;

    DemoJobTest(SparkSession spark) {
        this.spark = spark;
    }

    @Test
    void everyStageRunsAndTheSecondTimeFindsNothingToDo() throws Exception {
        JobFixture jobs = new JobFixture(spark, folder);
        String[] command = Stream.concat(Stream.of("demo", "--output", jobs.at("demo")), Stream.of(SHORT))
                .toArray(String[]::new);

        JsonNode summary = jobs.run(0, command);

        assertThat(summary.get("message").asText()).endsWith("report.html");
        assertThat(Files.readString(folder.resolve("demo/report.html"))).contains("This is the demo.");
        assertThat(jobs.values("demo/tables", Table.QUARANTINE, "reason")).containsExactly("truncated");
        List<Row> rounds =
                jobs.rows("demo/tables", Table.ROUNDS).orderBy("round").collectAsList();
        assertThat(rounds).hasSize(10);
        assertThat(rounds.get(7).<Double>getAs("content"))
                .isLessThan(0.8 * rounds.get(0).<Double>getAs("content"));
        List<Row> stylized = jobs.rows("demo/tables", Table.STYLIZED).collectAsList();
        assertThat(stylized).hasSize(8);
        for (Row row : stylized) {
            PixelImage photo = picture(row.getAs("path"));
            PixelImage again = new ImageDecoder(limits())
                    .decode(new ImageEncoder().encode(photo, ImageFormat.JPEG, 92))
                    .image();
            assertThat(difference(photo, picture(row.getAs("output"))))
                    .as("a cartoon is more than a photo written again")
                    .isGreaterThan(4 * difference(photo, again));
        }

        jobs.run(0, command);

        List<Row> runs = jobs.rows("demo/tables", Table.RUNS).orderBy("started").collectAsList();
        assertThat(runs.subList(runs.size() / 2, runs.size()).stream()
                        .filter(run -> !List.of("demo", "report").contains(run.<String>getAs("job")))
                        .map(run -> run.<Long>getAs("done")))
                .hasSize(5)
                .containsOnly(0L);
    }

    private static double difference(PixelImage one, PixelImage other) {
        byte[] a = one.pixels();
        byte[] b = other.pixels();
        long sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs((a[i] & 255) - (b[i] & 255));
        }
        return (double) sum / a.length;
    }

    private static PixelImage picture(String path) throws Exception {
        return new ImageDecoder(limits()).decode(read(path)).image();
    }

    private static byte[] read(String path) throws IOException {
        return Files.readAllBytes(
                Path.of(new org.apache.hadoop.fs.Path(path).toUri().getPath()));
    }

    private static DecodeLimits limits() {
        return new DecodeLimits(1 << 24, 1 << 24, 1);
    }
}
