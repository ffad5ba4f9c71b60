package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.testing.MachineWithGpus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark's own scheduling of GPUs, on executors of their own processes, with a machine that is said to have three. */
class GpuStylizingTest {
    @TempDir
    private Path folder;

    @Test
    void everyTaskTakesItsGpuAndMakesItsPicturesOnTheCpuWhereThatFails() throws Exception {
        TinyModel.save(folder.resolve("model"), 1);

        MachineWithGpus.run(
                GpuStylizing.class,
                folder,
                "0, GPU-aa, 10.0, Disabled\n1, GPU-bb, 7.5, [N/A]\n2, GPU-cc, 9.0, Disabled\n",
                "discover-stylizing-gpus");

        List<String> tasks = Files.readAllLines(folder.resolve("tasks"));
        assertThat(tasks).hasSize(16).allMatch(task -> task.matches("GPU (\\d), assigned \\1, executor \\d"));
        assertThat(tasks.stream().map(task -> task.charAt(4)).collect(Collectors.toSet()))
                .as("number 0 has no code in ONNX Runtime")
                .containsExactlyInAnyOrder('1', '2');
        assertThat(tasks.stream().distinct()).as("a GPU an executor").hasSize(2);
        assertThat(Files.readAllLines(folder.resolve("pictures"))).hasSize(8).containsOnly("onnxruntime");
        List<String> said = Files.readAllLines(folder.resolve("remarks"));
        String reason = said.get(0).substring("before: ".length());
        assertThat(said).contains("Pictures are made on the CPU: " + reason);
        // In the CPU's build one sentence, in the GPUs' one for each GPU, however many photos.
        assertThat(said).hasSizeBetween(2, 3);
    }
}
