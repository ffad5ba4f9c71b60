package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.averaging.Round;
import io.toonlake.averaging.RoundPlan;
import io.toonlake.averaging.RoundResult;
import io.toonlake.testing.SparkExtension;
import io.toonlake.training.CartoonGanPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.metrics.sink.PrometheusServlet;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class RunMetricsTest {
    private static final Pattern SAMPLE = Pattern.compile("(metrics_\\w+)\\{[^}]*} (\\S+)");
    private static final Pattern OURS = Pattern.compile("metrics_toonlake_driver_toonlake_\\w+");

    private final SparkSession spark;

    @TempDir
    private Path folder;

    RunMetricsTest(SparkSession spark) {
        this.spark = spark;
    }

    @Test
    void aRunOfStylizeShowsWhatItReadsAndMakes() throws IOException {
        JobFixture jobs = new JobFixture(spark, folder);
        TinyModel.save(folder.resolve("model"), 1);
        jobs.photo("photos/a.jpg", 1, 48, 32);
        jobs.photo("photos/b.png", 2, 32, 32);
        jobs.write("photos/broken.jpg", new byte[] {1, 2, 3});
        long quarantined = (long) figure("quarantined_not_an_image_Count");

        jobs.run(
                0,
                "stylize",
                "--model=" + jobs.at("model"),
                "--input=" + jobs.at("photos"),
                "--output=" + jobs.at("cartoons"),
                "--set=max-quarantined-fraction=1");

        assertThat(figure("work_total_Value")).isEqualTo(3);
        assertThat(figure("work_done_Value")).isEqualTo(3);
        assertThat(figure("stylize_pictures_Value")).isEqualTo(2);
        assertThat(figure("stylize_refused_Value")).isEqualTo(1);
        assertThat(figure("stylize_pixels_Value")).isEqualTo(48 * 32 + 32 * 32);
        assertThat(figure("stylize_bytes_read_Value")).isEqualTo(size("photos/a.jpg") + size("photos/b.png"));
        assertThat(figure("stylize_bytes_written_Value"))
                .isEqualTo(size("cartoons/a.jpg") + size("cartoons/b.png.jpg"));
        assertThat(figure("quarantined_not_an_image_Count")).isEqualTo(quarantined + 1);
    }

    @Test
    void gaugesAreReplacedAndCountersGoOn() {
        RunMetrics metrics = RunMetrics.of(spark.sparkContext());
        assertThat(RunMetrics.of(spark.sparkContext())).isSameAs(metrics);
        metrics.gauge("test.gauge", () -> 1);
        metrics.count("test.counter", 2);

        metrics.gauge("test.gauge", () -> 7);
        metrics.count("test.counter", 3);

        assertThat(figure("test_gauge_Value")).isEqualTo(7);
        assertThat(figure("test_counter_Count")).isEqualTo(5);
    }

    @Test
    void tasksThatFailAreCounted() throws InterruptedException {
        RunMetrics.of(spark.sparkContext());
        double before = figure("tasks_failed_Count");
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());

        assertThatThrownBy(() -> context.parallelize(List.of(1), 1).foreach(each -> {
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessageContaining("on purpose");

        // Listeners hear of it a moment later.
        long patience = System.currentTimeMillis() + 30_000;
        while (figure("tasks_failed_Count") == before && System.currentTimeMillis() < patience) {
            Thread.sleep(20);
        }
        assertThat(figure("tasks_failed_Count")).isEqualTo(before + 1);
    }

    /** Every series that the dashboard asks for is one that a run shows, or Spark does. */
    @Test
    void theDashboardAsksForWhatThereIs() throws IOException {
        RunMetrics metrics = RunMetrics.of(spark.sparkContext());
        metrics.begin();
        new PictureMeter(metrics);
        metrics.gauge("work.done", () -> 0);
        metrics.gauge("work.total", () -> 0);
        RoundPlan plan = new RoundPlan(1, 1, 2);
        new RoundMetrics(metrics).onRound(result(plan.round(2)));
        Path project = Path.of(System.getProperty("project.root"));
        JsonNode dashboard = new ObjectMapper()
                .readTree(project.resolve("deploy/monitoring/dashboard.json").toFile());
        String page = Files.readString(project.resolve("docs/monitoring.md"));

        Set<String> asked = new TreeSet<>();
        for (JsonNode expression : dashboard.findValues("expr")) {
            Matcher name = OURS.matcher(expression.asText());
            while (name.find()) {
                asked.add(name.group());
            }
        }

        assertThat(asked).hasSizeGreaterThan(8).contains("metrics_toonlake_driver_toonlake_work_done_Value");
        asked.remove("metrics_toonlake_driver_toonlake_quarantined_");
        assertThat(series().keySet()).containsAll(asked);
        for (String name : metrics.metricRegistry().getNames()) {
            if (!name.startsWith("test.") && !name.startsWith("quarantined.") && !name.startsWith("train.loss.")) {
                assertThat(page).contains("`" + name + "`");
            }
        }
    }

    @Test
    void aRoundShowsItsFigures() {
        RunMetrics metrics = RunMetrics.of(spark.sparkContext());
        metrics.begin();
        double rounds = figure("train_rounds_Count");

        new RoundMetrics(metrics).onRound(result(new RoundPlan(1, 1, 2).round(2)));

        assertThat(figure("train_round_Value")).isEqualTo(2);
        assertThat(figure("train_round_seconds_Value")).isEqualTo(0.5 + 3 + 0.5);
        assertThat(figure("train_compute_seconds_Value")).isEqualTo(3);
        assertThat(figure("train_examples_per_second_Value")).isEqualTo(3);
        assertThat(figure("train_loss_content_Value")).isEqualTo(0.25);
        assertThat(figure("train_rounds_Count")).isEqualTo(rounds + 1);
        metrics.begin();
        assertThat(series()).doesNotContainKey("metrics_toonlake_driver_toonlake_train_round_Value");
    }

    /** With all losses that an adversarial round has. */
    private static RoundResult result(Round round) {
        Map<String, Double> losses = new TreeMap<>();
        for (String loss : List.of(
                CartoonGanPlan.CONTENT,
                CartoonGanPlan.GENERATOR_ADVERSARIAL,
                CartoonGanPlan.DISCRIMINATOR_REAL,
                CartoonGanPlan.DISCRIMINATOR_EDGE,
                CartoonGanPlan.DISCRIMINATOR_FAKE)) {
            losses.put(loss, 0.25);
        }
        return new RoundResult(round, new float[1], 12, losses, List.of(2.0, 2.0), 0.5, 3, 0.5, Instant.now());
    }

    private long size(String name) throws IOException {
        return Files.size(folder.resolve(name));
    }

    private static double figure(String name) {
        return series().getOrDefault("metrics_toonlake_driver_toonlake_" + name, 0.0);
    }

    /** As Spark's Prometheus sink writes them, with {@code spark.metrics.namespace = toonlake}. */
    private static Map<String, Double> series() {
        MetricRegistry whole = new MetricRegistry();
        var sources = SparkEnv.get().metricsSystem().getSourcesByName(RunMetrics.NAME);
        if (sources.isEmpty()) {
            return Map.of();
        }
        whole.register("toonlake.driver.toonlake", sources.head().metricRegistry());
        String page = new PrometheusServlet(new Properties(), whole).getMetricsSnapshot(null);
        Map<String, Double> series = new TreeMap<>();
        Matcher sample = SAMPLE.matcher(page);
        while (sample.find()) {
            series.put(sample.group(1), Double.valueOf(sample.group(2)));
        }
        return series;
    }
}
