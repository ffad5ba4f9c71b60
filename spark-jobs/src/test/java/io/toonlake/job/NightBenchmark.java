package io.toonlake.job;

import static org.apache.spark.sql.functions.current_timestamp;

import io.toonlake.config.Settings;
import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFolder;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** Prepares what {@code benchmarks/night} measures: a model, and table {@code stylized} of a lake whose every photo is done. */
public final class NightBenchmark {
    /** As many commits of the default {@code stylize.images-per-commit} would leave. */
    private static final int ROWS_PER_FILE = 2_000;

    private NightBenchmark() {}

    /** @param arguments the folder, and how many thousand photos */
    public static void main(String[] arguments) throws IOException {
        prepare(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    }

    static void prepare(Path folder, int thousands) throws IOException {
        for (String each : List.of("photos", "cartoons")) {
            Files.createDirectories(folder.resolve(each));
        }
        TinyModel.save(folder.resolve("model"), 1);
        String model = ModelFolder.read(ModelFiles.at(folder.resolve("model"))).fingerprint();
        String store = NightStore.SCHEME + ":" + folder;
        try (JobContext context = JobContext.open(
                Settings.defaults(),
                "night",
                "stylize",
                folder.resolve("tables").toString())) {
            SparkSession spark = context.spark();
            Lake lake = context.lake();
            lake.append(
                    Table.STYLIZED,
                    spark.range(0, 1_000L * thousands, 1, Math.max(1, 1_000 * thousands / ROWS_PER_FILE))
                            .withColumn(
                                    "place",
                                    org.apache.spark.sql.functions.expr(
                                            "format_string('/a%04d/p%07d.jpg', id div 1000, id)"))
                            .selectExpr(
                                    "concat('" + store + "/cartoons', place) AS output",
                                    "concat('" + store + "/photos', place) AS path",
                                    "1000 + id % 100000 AS size_bytes",
                                    "timestamp_millis(" + NightStore.FIRST_MODIFIED + " + 1000 * id) AS modified",
                                    "sha2(cast(id AS string), 256) AS sha256",
                                    "640 AS width",
                                    "480 AS height",
                                    "500 + id % 5000 AS output_bytes",
                                    "'onnxruntime' AS engine",
                                    "0.5 AS seconds",
                                    "'" + model + "' AS model_fingerprint",
                                    "'"
                                            + SettingsFingerprints.of(Settings.defaults(), Optional.empty())
                                                    .pictures() + "' AS settings_fingerprint",
                                    "'night' AS run_id",
                                    "CAST(null AS string) AS metadata_left_out",
                                    "CAST(null AS string) AS shard",
                                    "CAST(null AS bigint) AS shard_bytes",
                                    "CAST(null AS string) AS sample_key",
                                    "CAST(null AS bigint) AS picture_offset")
                            .withColumn("stylized", current_timestamp()));
        }
    }
}
