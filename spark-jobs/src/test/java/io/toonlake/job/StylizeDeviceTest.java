package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.image.PixelImage;
import io.toonlake.model.ModelFolder;
import io.toonlake.scene.SyntheticScenes;
import io.toonlake.storage.HadoopModelFiles;
import io.toonlake.storage.Storage;
import io.toonlake.stylize.CudaProvider;
import io.toonlake.stylize.DeviceChoice;
import io.toonlake.stylize.EngineKind;
import io.toonlake.stylize.Precision;
import io.toonlake.stylize.Processor;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(SparkExtension.class)
class StylizeDeviceTest {
    private final SparkSession spark;

    @TempDir
    private Path folder;

    private JobFixture jobs;

    StylizeDeviceTest(SparkSession spark) {
        this.spark = spark;
    }

    @BeforeEach
    void prepare() throws IOException {
        jobs = new JobFixture(spark, folder);
        TinyModel.save(folder.resolve("model"), 1);
        for (int i = 0; i < 5; i++) {
            jobs.photo("photos/" + i + ".jpg", i, 32, 32);
        }
    }

    private JsonNode stylize(int exitCode, String... settings) throws IOException {
        String[] options = new String[2 * settings.length];
        for (int i = 0; i < settings.length; i++) {
            options[2 * i] = "--set";
            options[2 * i + 1] = settings[i];
        }
        return jobs.stylize(exitCode, jobs.at("photos"), jobs.at("cartoons"), options);
    }

    private static void assumeNoGpu() {
        assumeFalse(
                CudaProvider.isBuiltIn() && CudaProvider.problem(0).isEmpty(),
                "skipped: there is a GPU on this machine");
    }

    @Test
    void withoutAGpuThePicturesAreMadeOnTheCpuAndThatIsSaidOnce() throws IOException {
        assumeNoGpu();

        JsonNode summary = stylize(0, "stylize.device=gpu");

        assertThat(JobFixture.counts(summary)).isEqualTo("5/0/0");
        assertThat(summary.path("message").asText())
                .startsWith("Pictures are made on the CPU: ")
                .contains("docs/gpu.md")
                .containsOnlyOnce("Pictures are made");
        assertThat(summary.path("figures").has("picturesOnGpus")).isFalse();
        assertThat(jobs.values("cartoons/_toonlake", Table.STYLIZED, "engine")).containsOnly("onnxruntime");
        assertThat(jobs.values("cartoons/_toonlake", Table.RUNS, "message"))
                .containsExactly(summary.path("message").asText());
    }

    @Test
    void picturesAreNotMadeAgainForAnotherDevice() throws IOException {
        stylize(0, "stylize.device=cpu");

        assertThat(JobFixture.counts(stylize(0, "stylize.device=gpu"))).isEqualTo("0/5/0");
        assertThat(JobFixture.counts(stylize(0))).isEqualTo("0/5/0");
    }

    @Test
    void whoLeavesTheChoiceHearsNothingOfGpusInABuildWithoutThem() throws IOException {
        assumeFalse(CudaProvider.isBuiltIn(), "skipped: built for GPUs");

        assertThat(stylize(0).path("message").asText()).isEmpty();
        assertThat(stylize(0, "stylize.device=cpu").path("message").asText()).isEmpty();
    }

    @Test
    void halfPrecisionIsRefusedWhereTheCpuWouldHaveToDoIt() throws IOException {
        assumeNoGpu();

        JsonNode summary = stylize(2, "stylize.precision=fp16");

        assertThat(summary.path("message").asText())
                .startsWith("Invalid stylize.precision: fp16 (half precision is computed on GPUs")
                .contains("docs/gpu.md", "use fp32");
        assertThat(folder.resolve("cartoons/0.jpg")).doesNotExist();
        assertThat(JobFixture.counts(stylize(0))).as("the output is free again").isEqualTo("5/0/0");
    }

    @ParameterizedTest
    @CsvSource({
        "gpu, onnxruntime, int8, Invalid stylize.device: gpu (8-bit integers are computed on the CPU",
        "gpu, nd4j, fp32, Invalid stylize.device: gpu (engine nd4j stylizes on the CPU",
        "cpu, onnxruntime, fp16, Invalid stylize.precision: fp16 (half precision is computed on GPUs",
        "auto, onnxruntime-tiled, fp16, Invalid stylize.precision: fp16 (engine onnxruntime-tiled computes in fp32 only; fp16 takes",
        "cuda, onnxruntime, fp32, Invalid stylize.device: cuda"
    })
    void whatDoesNotGoTogetherIsRefusedBeforeAnythingIsRead(
            String device, String engine, String precision, String problem) throws IOException {
        JsonNode summary =
                stylize(2, "stylize.device=" + device, "stylize.engine=" + engine, "stylize.precision=" + precision);

        assertThat(summary.path("message").asText()).contains(problem);
    }

    @Test
    void aGpuThatFailsAtAPictureIsLeftAloneAndTheCpuGoesOn() throws Exception {
        assumeTrue(CudaProvider.problem(0).isPresent(), "skipped: there is a GPU on this machine");
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        StylizingDevice device = new StylizingDevice(context, DeviceChoice.AUTO, new SaidToBeAble());
        SharedStylizer gpu = stylizer(context, Precision.FP16, device);
        SharedStylizer cpu =
                stylizer(context, Precision.FP32, new StylizingDevice(context, DeviceChoice.CPU, new SaidToBeAble()));
        PixelImage photo = SyntheticScenes.photo(1, 40, 32);

        assertThat(device.processor()).isEqualTo(Processor.gpu(0));
        SharedStylizer.Stylized made = gpu.stylize(photo, 1L << 30);

        assertThat(made.engine()).isEqualTo("onnxruntime");
        assertThat(made.picture()).isEqualTo(cpu.stylize(photo, 1L << 30).picture());
        assertThat(device.processor()).isEqualTo(Processor.CPU);
        gpu.stylize(photo, 1L << 30);
        assertThat(device.remarks())
                .singleElement()
                .asString()
                .startsWith("Pictures are made on the CPU: GPU 0 failed: ");
        gpu.release();
        cpu.release();
    }

    private SharedStylizer stylizer(JavaSparkContext context, Precision precision, StylizingDevice device)
            throws IOException {
        HadoopModelFiles files = new HadoopModelFiles(
                new Storage(context.hadoopConfiguration()),
                new org.apache.hadoop.fs.Path(folder.resolve("model").toUri()));
        return new SharedStylizer(
                context, ModelFolder.read(files), Optional.empty(), precision, EngineKind.ONNXRUNTIME, 1, 2, device);
    }

    /** The probe goes well and the pictures do not. */
    private record SaidToBeAble() implements StylizingDevice.Provider {
        @Override
        public boolean isBuiltIn() {
            return true;
        }

        @Override
        public Optional<String> problem(int gpu) {
            return Optional.empty();
        }
    }
}
