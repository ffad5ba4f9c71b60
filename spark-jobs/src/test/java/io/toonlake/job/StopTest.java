package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.table.Table;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class StopTest {
    private static final int PHOTOS = 60;

    @TempDir
    private Path folder;

    @Test
    @Timeout(900)
    void aRunThatIsAskedToStopCommitsWhatIsDoneAndTheNextGoesOn(SparkSession spark)
            throws IOException, InterruptedException {
        JobFixture jobs = new JobFixture(spark, folder);
        TinyModel.save(folder.resolve("model"), 1);
        jobs.photo("photos/0.jpg", 1, 24, 24);
        for (int i = 1; i < PHOTOS; i++) {
            jobs.write("photos/" + i + ".jpg", Files.readAllBytes(folder.resolve("photos/0.jpg")));
        }
        // So slow that it cannot be through before it is stopped.
        Process run = start(jobs, "--set", "stylize.max-reads-per-second=2");
        try {
            while (run.isAlive() && pictures() < 3) {
                Thread.sleep(100);
            }
            run.destroy(); // SIGTERM
            assertThat(run.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            run.destroyForcibly();
        }
        assertThat(run.exitValue()).as(Files.readString(folder.resolve("log"))).isEqualTo(143);
        JsonNode summary =
                new ObjectMapper().readTree(folder.resolve("stopped.json").toFile());
        long done = summary.get("done").asLong();
        assertThat(summary.get("outcome").asText()).isEqualTo("stopped");
        assertThat(summary.get("message").asText())
                .isEqualTo("Stopped by SIGTERM with " + (PHOTOS - done)
                        + " photos to go. What is done is committed; run again to go on.");
        assertThat(done).isBetween(3L, PHOTOS - 1L).isEqualTo(pictures());
        assertThat(jobs.rows("cartoons/_toonlake", Table.STYLIZED).count()).isEqualTo(done);
        assertThat(jobs.values("cartoons/_toonlake", Table.RUNS, "outcome")).containsExactly("stopped");
        assertThat(folder.resolve("cartoons/_toonlake/leases")).isEmptyDirectory();
        assertThat(JobFixture.counts(jobs.run(
                        0,
                        "stylize",
                        "--model",
                        jobs.at("model"),
                        "--input",
                        jobs.at("photos"),
                        "--output",
                        jobs.at("cartoons"))))
                .isEqualTo((PHOTOS - done) + "/" + done + "/0");
    }

    private Process start(JobFixture jobs, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("src/main/dist/jvm-options").toAbsolutePath(),
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "-Dspark.master=local[2]",
                "-Dspark.driver.host=127.0.0.1",
                "-Dspark.driver.bindAddress=127.0.0.1",
                "io.toonlake.job.Main",
                "stylize",
                "--model",
                jobs.at("model"),
                "--input",
                jobs.at("photos"),
                "--output",
                jobs.at("cartoons"),
                "--summary",
                jobs.at("stopped.json")));
        command.addAll(List.of(more));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private long pictures() throws IOException {
        Path cartoons = folder.resolve("cartoons");
        if (!Files.exists(cartoons)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(cartoons)) {
            return files.filter(file -> file.toString().endsWith(".jpg")).count();
        }
    }
}
