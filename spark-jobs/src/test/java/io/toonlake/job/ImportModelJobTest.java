package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.model.Model;
import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFolder;
import io.toonlake.network.Padding;
import io.toonlake.table.Table;
import io.toonlake.testing.ReferenceData;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class ImportModelJobTest {
    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;

    ImportModelJobTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() {
        jobs = new JobFixture(spark, folder);
    }

    @Test
    void aSafetensorsFileBecomesAModel() throws IOException {
        TinyModel.saveSafetensors(folder, "tiny.safetensors", 1);
        String[] command = {
            "import-model",
            "--weights",
            jobs.at("tiny.safetensors"),
            "--output",
            jobs.at("model"),
            "--padding",
            "reflect",
            "--title",
            "Tiny",
            "--licence",
            "CC0-1.0",
            "--source",
            "a test"
        };

        JsonNode summary = jobs.run(0, command);

        Model model = ModelFolder.read(ModelFiles.at(folder.resolve("model")));
        assertThat(model.fingerprint())
                .isEqualTo(summary.get("fingerprints").get("model").asText());
        assertThat(model.architecture().width()).isEqualTo(2);
        assertThat(model.architecture().residualBlocks()).isEqualTo(1);
        assertThat(model.architecture().padding()).isEqualTo(Padding.REFLECT);
        assertThat(model.origin().title()).isEqualTo("Tiny");
        assertThat(model.origin().licence()).isEqualTo("CC0-1.0");
        assertThat(JobFixture.counts(jobs.run(0, command)))
                .as("a second import")
                .isEqualTo("0/1/0");
        assertThat(jobs.rows("model/_toonlake", Table.RUNS).count()).isEqualTo(2);
    }

    @Test
    void weightsOfSomethingElseAreRefused() throws IOException {
        Files.createDirectories(folder.resolve("weights"));
        Files.writeString(folder.resolve("weights/conv01_1.weight.npy"), "no tensor");
        Files.writeString(folder.resolve("text.safetensors"), "no tensors at all");

        assertThat(refusal(2, "--weights", jobs.at("weights")))
                .startsWith("Invalid --weights: ")
                .contains("conv01_1.weight.npy");
        assertThat(refusal(2, "--weights", jobs.at("text.safetensors"))).startsWith("Invalid --weights: ");
        assertThat(refusal(4, "--weights", jobs.at("nowhere"))).endsWith("no such file or folder");
        TinyModel.saveSafetensors(folder, "tiny.safetensors", 1);
        assertThat(refusal(2, "--weights", jobs.at("tiny.safetensors"), "--padding", "mirror"))
                .isEqualTo("Invalid --padding: mirror (must be zero or reflect)");
    }

    @Test
    void thePublishedWeightsImport() throws IOException {
        Path weights = ReferenceData.require("weights/cartoongan/hayao");

        jobs.run(0, "import-model", "--weights", weights.toString(), "--output", jobs.at("hayao"));

        Model model = ModelFolder.read(ModelFiles.at(folder.resolve("hayao")));
        assertThat(model.architecture().width()).isEqualTo(64);
        assertThat(model.architecture().residualBlocks()).isEqualTo(8);
        assertThat(model.tensors().parameters()).isEqualTo(11_129_667);
    }

    private String refusal(int exitCode, String... arguments) throws IOException {
        String[] command = new String[arguments.length + 3];
        command[0] = "import-model";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        command[command.length - 2] = "--output";
        command[command.length - 1] = jobs.at("model");
        return jobs.run(exitCode, command).get("message").asText();
    }
}
