package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.PixelImage;
import io.toonlake.scene.SyntheticScenes;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Runs jobs as users do, by {@link Main}, on pictures drawn for the test, and reads what they left. */
final class JobFixture {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SparkSession spark;
    private final Path folder;

    JobFixture(SparkSession spark, Path folder) {
        this.spark = spark;
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    String at(String name) {
        return folder.resolve(name).toString();
    }

    /** Runs a job and returns its summary, after checking what holds for every one. */
    JsonNode run(int expectedExitCode, String... arguments) throws IOException {
        Path summary = folder.resolve("summary.json");
        Files.deleteIfExists(summary);
        List<String> command = new ArrayList<>(Arrays.asList(arguments));
        command.addAll(List.of("--summary", summary.toString()));
        int exitCode = Main.run(command.toArray(String[]::new));
        assertThat(exitCode)
                .as(() -> String.join(" ", command) + "\n" + contents(summary))
                .isEqualTo(expectedExitCode);
        JsonNode read = JSON.readTree(summary.toFile());
        assertThat(read.get("exitCode").asInt()).isEqualTo(expectedExitCode);
        assertThat(read.get("job").asText()).isEqualTo(arguments[0]);
        assertThat(read.get("read").asLong())
                .isEqualTo(read.get("done").asLong()
                        + read.get("unchanged").asLong()
                        + read.get("quarantined").asLong()
                        + read.get("filtered").asLong());
        long reasons = 0;
        for (JsonNode count : read.get("reasons")) {
            reasons += count.asLong();
        }
        assertThat(reasons).isEqualTo(read.get("quarantined").asLong());
        return read;
    }

    /** A summary as it is: what went wrong where the exit code is another. */
    private static String contents(Path summary) {
        try {
            return Files.readString(summary);
        } catch (IOException e) {
            return "no summary: " + e;
        }
    }

    /**
     * Runs {@code stylize} with the model in folder {@code model}.
     *
     * @param input URI or path, as is
     * @param output likewise
     */
    JsonNode stylize(int expectedExitCode, String input, String output, String... more) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("stylize", "--model", at("model"), "--input", input, "--output", output));
        command.addAll(Arrays.asList(more));
        return run(expectedExitCode, command.toArray(String[]::new));
    }

    /** {@code done/unchanged/quarantined} of a summary. */
    static String counts(JsonNode summary) {
        return summary.get("done").asLong() + "/" + summary.get("unchanged").asLong() + "/"
                + summary.get("quarantined").asLong();
    }

    Dataset<Row> rows(String tables, Table table) {
        return new Lake(
                        spark,
                        new org.apache.hadoop.fs.Path(folder.resolve(tables).toUri()))
                .read(table);
    }

    /** Takes a run's row away, as if it had been killed. */
    void forgetRun(String tables, String run) {
        Lake lake = new Lake(
                spark, new org.apache.hadoop.fs.Path(folder.resolve(tables).toUri()));
        lake.delete(
                Table.RUNS,
                lake.read(Table.RUNS).filter(col("run_id").equalTo(run)).select("run_id"));
    }

    /** One text column of a table, sorted. */
    List<String> values(String tables, Table table, String column) {
        return rows(tables, table).select(column).collectAsList().stream()
                .map(row -> row.getString(0))
                .sorted()
                .toList();
    }

    void photo(String name, long seed) throws IOException {
        photo(name, seed, 160, 120);
    }

    /** A photo in the format that the name says. */
    void photo(String name, long seed, int width, int height) throws IOException {
        write(name, SyntheticScenes.photo(seed, width, height));
    }

    void cartoon(String name, long seed) throws IOException {
        write(name, SyntheticScenes.cartoon(seed, 160, 120));
    }

    void write(String name, PixelImage picture) throws IOException {
        write(name, encoded(name, picture));
    }

    static byte[] encoded(String name, PixelImage picture) {
        ImageFormat format =
                name.endsWith(".png") ? ImageFormat.PNG : name.endsWith(".webp") ? ImageFormat.WEBP : ImageFormat.JPEG;
        return new ImageEncoder().encode(picture, format, 95);
    }

    void write(String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }
}
