package io.toonlake.averaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A {@link ClusterTraining} in a JVM of its own, to be watched and killed. Closing it ends it and all that it has started. */
final class ForkedTraining implements AutoCloseable {
    private final Process driver;
    private final Moments moments;
    private final Path log;

    private ForkedTraining(Process driver, Moments moments, Path log) {
        this.driver = driver;
        this.moments = moments;
        this.log = log;
    }

    static ForkedTraining start(
            Path folder, String master, ClusterTraining.Trouble trouble, Map<String, String> settings)
            throws IOException {
        Path log = folder.resolve("driver.log");
        List<String> command = java("-Xmx512m");
        command.addAll(List.of(
                "-Dspark.master=" + master,
                "-Dspark.ui.enabled=false",
                "-Dspark.driver.host=127.0.0.1",
                "-Dspark.driver.bindAddress=127.0.0.1",
                // Every executor takes part, however little there is to do.
                "-Dspark.locality.wait=0",
                "-Dspark.executor.memory=512m",
                "-Dspark.executor.cores=1",
                "-Dspark.local.dir=" + folder.resolve("local"),
                "-Dspark.executor.extraClassPath=" + System.getProperty("java.class.path")));
        settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of(ClusterTraining.class.getName(), folder.toString(), trouble.name()));
        return new ForkedTraining(fork(folder, command, log), new Moments(folder), log);
    }

    /** A java of this JVM's kind, with its class path. */
    static List<String> java(String heap) {
        Path options = Path.of(System.getProperty("project.root"), "spark-jobs/src/main/dist/jvm-options");
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + options,
                heap,
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path")));
    }

    static Process fork(Path folder, List<String> command, Path log) throws IOException {
        Files.createDirectories(folder.resolve("home/jars"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // Where no Spark is installed, a folder with jars/ is enough of one.
        builder.environment()
                .putAll(Map.of(
                        "SPARK_HOME", folder.resolve("home").toString(),
                        "SPARK_SCALA_VERSION", "2.12",
                        "SPARK_LOCAL_IP", "127.0.0.1",
                        "OMP_WAIT_POLICY", "passive"));
        return builder.start();
    }

    Moments moments() {
        return moments;
    }

    /** What follows these words in the first moment that begins with them, once there is one. */
    String await(Object... words) throws InterruptedException {
        try {
            return moments.await(driver, words);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + tail(), e);
        }
    }

    /** Waits for the last round and returns the state's fingerprint. */
    String fingerprint() throws InterruptedException {
        return await("done");
    }

    /** Kills an executor of this training, as the kernel would. */
    void killExecutor(long pid) {
        ProcessHandle executor = driver.toHandle()
                .descendants()
                .filter(process -> process.pid() == pid)
                .findAny()
                .orElseThrow(() -> new AssertionError("process " + pid + " is none of the training's"));
        executor.destroyForcibly();
        executor.onExit().join();
        say("killed executor process " + pid);
    }

    /** Stops an executor of this training where it is; it does not notice. */
    void freeze(long pid) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-STOP", String.valueOf(pid))
                .inheritIO()
                .start()
                .waitFor();
        say("stopped executor process " + pid);
    }

    /** Kills the driver, and with it all that it has started. */
    void kill() {
        List<ProcessHandle> started = driver.toHandle().descendants().toList();
        driver.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
        driver.onExit().join();
        say("killed driver process " + driver.pid());
    }

    static void say(String what) {
        System.err.println(LocalTime.now().withNano(0) + " " + what);
    }

    private String tail() {
        try (Stream<String> lines = Files.lines(log)) {
            List<String> all = lines.toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - 40), all.size()));
        } catch (IOException e) {
            return "no log: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        if (!moments.after("done").isEmpty()) {
            // It ends by itself a moment after its last word.
            driver.onExit().completeOnTimeout(driver, 30, TimeUnit.SECONDS).join();
        }
        if (driver.isAlive()) {
            kill();
        }
    }
}
