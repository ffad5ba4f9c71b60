package io.toonlake.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program in a JVM of its own, on this machine with an nvidia-smi that says which GPUs it has. */
public final class MachineWithGpus {
    private static final Path ROOT = Path.of(System.getProperty("project.root"));

    private MachineWithGpus() {}

    /**
     * Runs a program to its end, and fails with its log where that is no good one.
     *
     * @param folder to work in; the program's first argument
     * @param gpus what nvidia-smi says, a line a GPU
     * @param script of deploy/gpu that looks for GPUs; the program's second argument, as a path
     */
    public static void run(Class<?> program, Path folder, String gpus, String script)
            throws IOException, InterruptedException {
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
                program.getName(),
                folder.toString(),
                ROOT.resolve("deploy/gpu").resolve(script).toString()));
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
        Process process = builder.start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
