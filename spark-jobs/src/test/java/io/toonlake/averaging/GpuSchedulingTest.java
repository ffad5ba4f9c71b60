package io.toonlake.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.averaging.GpuTraining.Taken;
import io.toonlake.testing.MachineWithGpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark's own scheduling of GPUs, on executors of their own processes, with a machine that is said to have three. */
class GpuSchedulingTest {
    @TempDir
    private Path folder;

    @Test
    void everyWorkersTaskTakesTheGpuThatSparkAssignedToIt() throws Exception {
        List<Taken> taken = train("0, GPU-aa, 9.0, Disabled\n1, GPU-bb, 7.5, [N/A]\n2, GPU-cc, 7.5, [N/A]\n");

        assertThat(taken).allSatisfy(each -> assertThat(each.assigned()).isEqualTo(String.valueOf(each.gpu())));
        // Number 0 is a Hopper.
        assertThat(taken).extracting(Taken::gpu).containsOnly(1, 2);
        Map<String, List<Taken>> rounds = taken.stream().collect(Collectors.groupingBy(Taken::round));
        // A worker's memory is freed where it was taken.
        assertThat(rounds.remove("closing")).isNotEmpty();
        assertThat(rounds).containsOnlyKeys("1", "2", "3").allSatisfy((round, inRound) -> {
            assertThat(inRound).extracting(Taken::worker).contains(0, 1);
            assertThat(gpusOf(inRound, 0)).hasSize(1).doesNotContainAnyElementsOf(gpusOf(inRound, 1));
        });
        Map<String, List<Taken>> executors = taken.stream().collect(Collectors.groupingBy(Taken::executor));
        assertThat(executors).hasSize(2).allSatisfy((executor, inExecutor) -> {
            assertThat(inExecutor.stream().map(Taken::gpu).distinct()).hasSize(1);
            assertThat(inExecutor).anyMatch(Taken::beforeNd4j);
        });
    }

    private static List<Integer> gpusOf(List<Taken> inRound, int worker) {
        return inRound.stream()
                .filter(each -> each.worker() == worker)
                .map(Taken::gpu)
                .distinct()
                .toList();
    }

    private List<Taken> train(String gpus) throws IOException, InterruptedException {
        MachineWithGpus.run(GpuTraining.class, folder, gpus, "discover-gpus");
        try (Stream<Path> files = Files.list(folder.resolve("taken"))) {
            return files.map(Taken::read).toList();
        }
    }
}
