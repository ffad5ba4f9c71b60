package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class ReportJobTest {
    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;

    ReportJobTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() {
        jobs = new JobFixture(spark, folder);
    }

    @Test
    void thePageShowsWhatTheTablesHold() throws IOException {
        jobs.cartoon("cartoons/a.png", 1);
        jobs.write("cartoons/<b>broken.jpg", new byte[0]);
        jobs.run(
                0,
                "ingest",
                "--domain",
                "cartoon",
                "--collection",
                "hayao",
                "--input",
                jobs.at("cartoons"),
                "--tables",
                jobs.at("lake"),
                "--set",
                "ingest.limits.min-side-pixels=64",
                "--set",
                "ingest.sample.size-pixels=64",
                "--set",
                "max-quarantined-fraction=0.5");
        jobs.run(0, "edge-smooth", "--tables", jobs.at("lake"), "--collection", "hayao");
        TinyModel.save(folder.resolve("model"), 1);
        jobs.photo("photos/p.jpg", 2, 64, 48);
        jobs.run(
                0,
                "stylize",
                "--model",
                jobs.at("model"),
                "--input",
                jobs.at("photos"),
                "--output",
                jobs.at("out"),
                "--tables",
                jobs.at("lake"));

        jobs.run(
                0,
                "report",
                "--tables",
                jobs.at("lake"),
                "--output",
                jobs.at("report.html"),
                "--note",
                "Drawn by a test.");

        JsonNode data =
                new ObjectMapper().readTree(folder.resolve("report.json").toFile());
        JsonNode hayao = data.get("collections").get(0);
        assertThat(hayao.get("name").asText()).isEqualTo("hayao");
        assertThat(hayao.get("accepted").asLong()).isEqualTo(1);
        assertThat(hayao.get("quarantined").asLong()).isEqualTo(1);
        JsonNode audit = data.get("audits").get(0);
        assertThat(audit.get("name").asText()).isEqualTo("hayao");
        assertThat(audit.get("measured").asLong())
                .isEqualTo(hayao.get("samples").asLong())
                .isPositive();
        assertThat(audit.get("sheet")).hasSize((int) audit.get("measured").asLong());
        assertThat(audit.get("histograms").toString())
                .contains("{\"label\":\"below 128\",\"count\":1}", "{\"label\":\"empty\",\"count\":1}");
        assertThat(hayao.get("samples").asLong())
                .isEqualTo(hayao.get("edgeSmoothed").asLong())
                .isEqualTo(2);
        assertThat(data.get("quarantineReasons").toString()).isEqualTo("{\"empty\":1}");
        assertThat(data.get("pictures")).hasSize(1);
        assertThat(data.get("edges")).hasSize(2);
        assertThat(data.get("runs")).hasSize(3);
        assertThat(data.get("contradictions")).as("the counts agree").isNullOrEmpty();
        String page = Files.readString(folder.resolve("report.html"));
        assertThat(page).contains("Drawn by a test.", "data:image/jpeg;base64,").doesNotContain("<b>broken");
    }

    @Test
    void modelsAndEnginesStandBesideTheSamePhoto() throws IOException {
        jobs.photo("photos/wide.jpg", 3, 700, 40);
        TinyModel.save(folder.resolve("first"), 1);
        TinyModel.save(folder.resolve("second"), 2);
        stylize("first", "onnxruntime", "out-1");
        stylize("second", "onnxruntime", "out-2");
        stylize("second", "nd4j", "out-3");

        JsonNode views = report("small").get("pictures").get(0).get("views");
        JsonNode whole = report("whole", "--set", "report.picture-edge-pixels=0")
                .get("pictures")
                .get(0)
                .get("views");

        assertThat(views.findValuesAsText("label"))
                .hasSize(4)
                .startsWith("photo")
                .anyMatch(label -> label.matches("model [0-9a-f]{8}"))
                .anyMatch(label -> label.matches("model [0-9a-f]{8}, nd4j"))
                .anyMatch(label -> label.matches("model [0-9a-f]{8}, onnxruntime"));
        assertThat(views.findValuesAsText("width")).containsOnly("640");
        assertThat(whole.findValuesAsText("width")).containsOnly("700");
    }

    private void stylize(String model, String engine, String output) throws IOException {
        jobs.run(
                0,
                "stylize",
                "--model",
                jobs.at(model),
                "--input",
                jobs.at("photos"),
                "--output",
                jobs.at(output),
                "--tables",
                jobs.at("lake"),
                "--set",
                "stylize.engine=" + engine);
    }

    private JsonNode report(String name, String... options) throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("report", "--tables", jobs.at("lake"), "--output", jobs.at(name + ".html")));
        arguments.addAll(List.of(options));
        jobs.run(0, arguments.toArray(String[]::new));
        return new ObjectMapper().readTree(folder.resolve(name + ".json").toFile());
    }

    @Test
    void aFolderWithoutTablesIsUnreachable() throws IOException {
        Files.createDirectories(folder.resolve("empty"));

        JsonNode summary = jobs.run(4, "report", "--tables", jobs.at("empty"), "--output", jobs.at("report.html"));

        assertThat(summary.get("message").asText()).endsWith("no tables of Toonlake there");
        assertThat(Files.exists(folder.resolve("report.html"))).isFalse();
    }
}
