package io.toonlake.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.averaging.GpuTraining.Taken;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark's own scheduling of GPUs, on executors of their own processes, with a machine that is said to have three. */
class GpuSchedulingTest {
    private static final Path ROOT = Path.of(System.getProperty("project.root"));

    @TempDir
    private Path folder;

    @Test
    void everyWorkersTaskTakesTheGpuThatSparkAssignedToIt() throws Exception {
        List<Taken> taken = train("0, GPU-aa, 9.0, Disabled\n1, GPU-bb, 7.5, [N/A]\n2, GPU-cc, 7.5, [N/A]\n");

        assertThat(taken).allSatisfy(each -> assertThat(each.assigned()).isEqualTo(String.valueOf(each.gpu())));
        // Number 0 is a Hopper.
        assertThat(taken).extracting(Taken::gpu).containsOnly(1, 2);
        Map<Integer, List<Taken>> rounds = taken.stream().collect(Collectors.groupingBy(Taken::stage));
        assertThat(rounds).hasSize(3).allSatisfy((stage, inRound) -> {
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
        Path programs = Files.createDirectories(folder.resolve("programs"));
        Path smi = Files.writeString(programs.resolve("nvidia-smi"), "#!/bin/sh\ncat <<'GPUS'\n" + gpus + "GPUS\n");
        assertThat(smi.toFile().setExecutable(true)).isTrue();
        Path log = folder.resolve("log");

        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "@" + ROOT.resolve("spark-jobs/src/main/dist/jvm-options"),
                "-Xmx512m",
                "-Duser.timezone=UTC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                GpuTraining.class.getName(),
                folder.toString(),
                ROOT.resolve("deploy/gpu/discover-gpus").toString()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // What Spark wants of an installation, where there is none.
        Path home = Files.createDirectories(folder.resolve("spark/jars")).getParent();
        builder.environment()
                .putAll(Map.of(
                        "SPARK_HOME", home.toString(),
                        "SPARK_SCALA_VERSION", "2.12",
                        "SPARK_LOCAL_IP", "127.0.0.1",
                        "OMP_WAIT_POLICY", "passive",
                        "PATH", programs + File.pathSeparator + System.getenv("PATH")));
        builder.environment().remove("CUDA_VISIBLE_DEVICES");
        Process training = builder.start();
        try {
            assertThat(training.waitFor(10, TimeUnit.MINUTES)).isTrue();
            assertThat(training.exitValue()).as(Files.readString(log)).isZero();
        } finally {
            training.descendants().forEach(ProcessHandle::destroyForcibly);
            training.destroyForcibly();
        }
        try (Stream<Path> files = Files.list(folder.resolve("taken"))) {
            return files.map(Taken::read).toList();
        }
    }
}
