package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.toonlake.model.Model;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CudaProviderTest {
    /** More than any machine has. */
    private static final int NOT_THERE = 1000;

    @Test
    void theProbeComputesRightly() {
        assertThat(CudaProvider.problem(Processor.CPU)).isEmpty();
    }

    @Test
    void aGpuThatIsNotThereHasAReasonOfOneLine() {
        assertThat(CudaProvider.problem(NOT_THERE))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .isNotBlank()
                        .doesNotContain("\n")
                        .doesNotContain("onnxruntime_src")
                        .hasSizeLessThan(310));
    }

    @Test
    void theCpusBuildHasNoProvider() {
        assumeTrue(!isBuiltForGpus(), "skipped: profile stylize-gpu or stylize-gpu-cuda13");

        assertThat(CudaProvider.isBuiltIn()).isFalse();
    }

    @Test
    void theGpusBuildHasTheProvider() {
        assumeTrue(isBuiltForGpus(), "skipped: neither profile stylize-gpu nor stylize-gpu-cuda13");

        assertThat(CudaProvider.isBuiltIn()).isTrue();
    }

    /** A binding without them loads any natives, and fails only on a machine that has a GPU. */
    @Test
    void theGpusBuildHasABindingWithItsCalls() throws IOException {
        assumeTrue(isBuiltForGpus(), "skipped: neither profile stylize-gpu nor stylize-gpu-cuda13");
        OrtNatives.unpackCuda();
        Path binding =
                Path.of(System.getProperty("onnxruntime.native.path"), System.mapLibraryName("onnxruntime4j_jni"));

        assertThat(Files.readString(binding, StandardCharsets.ISO_8859_1))
                .contains("addCUDA")
                .doesNotContain("This binary was not compiled with CUDA support");
    }

    private static boolean isBuiltForGpus() {
        String classPath = System.getProperty("java.class.path");
        return classPath.contains("onnxruntime_gpu") || classPath.contains("linux-x86_64-gpu");
    }

    @Test
    void engineOnAGpuThatIsNotThereFailsAsAGpuAndNamesIt() {
        Model model = DrawnGenerator.model(new GeneratorArchitecture(2, 1, Padding.ZERO, 1e-5));
        try (StylizingEngine engine = EngineKind.ONNXRUNTIME.openOnGpu(
                model, Precision.FP32, 1, Long.MAX_VALUE, 1, Processor.gpu(NOT_THERE))) {
            assertThatThrownBy(() -> engine.stylize(new float[3 * 32 * 32], 32, 32))
                    .isInstanceOfSatisfying(
                            GpuFailedException.class,
                            e -> assertThat(e.isTooLarge()).isFalse())
                    .hasMessageContaining("on GPU 1000: ");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "FP32, ONNXRUNTIME, onnxruntime, onnxruntime-gpu",
        "FP16, ONNXRUNTIME, onnxruntime, onnxruntime-gpu-fp16",
        "FP16, ONNXRUNTIME_TILED, onnxruntime-tiled, onnxruntime-tiled-gpu",
        "INT8, ONNXRUNTIME, onnxruntime-int8, onnxruntime-gpu"
    })
    void tablesSayWhereAPictureWasMadeAndInWhatNumbers(
            Precision precision, EngineKind kind, String onCpu, String onGpu) {
        assertThat(precision.engineCode(kind, Processor.CPU)).isEqualTo(onCpu);
        assertThat(precision.engineCode(kind, Processor.gpu(2))).isEqualTo(onGpu);
    }

    @Test
    void gpusHaveNumbersFromZero() {
        assertThatThrownBy(() -> Processor.gpu(-1)).hasMessage("Invalid number of a GPU: -1 (must be >= 0)");
    }
}
