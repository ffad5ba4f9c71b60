package io.toonlake.job;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.config.Settings;
import io.toonlake.image.ImageFormat;
import io.toonlake.storage.SourceFile;
import io.toonlake.testing.SparkExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SparkExtension.class)
class WorklistTest {
    private final SparkSession spark;

    @TempDir
    private Path folder;

    WorklistTest(SparkSession spark) {
        this.spark = spark;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000_000})
    void batchesComeInPathOrderSortedHereOrBySpark(int keptHere) {
        List<SourceFile> files = new ArrayList<>(IntStream.range(0, 2_500)
                .mapToObj(i -> new SourceFile("file:/photos/" + i + ".jpg", i, 1_000L * i))
                .toList());
        Collections.shuffle(files, new Random(1));
        try (JobContext context = JobContext.open(
                Settings.defaults(), "run", "stylize", folder.resolve("tables").toString())) {
            assertThat(spark.sparkContext().isStopped()).isFalse();
            org.apache.hadoop.fs.Path output = new org.apache.hadoop.fs.Path("file:/cartoons");
            Targets targets = new Targets(new org.apache.hadoop.fs.Path("file:/photos"), output, ImageFormat.JPEG);
            Dataset<Row> rows = targets.added(ListedFiles.timed(ListedFiles.rows(context, files)));
            ListedFiles photos = new ListedFiles(rows.withColumn("filtered", lit(false)), true);

            try (Worklist work = Worklist.of(
                    context,
                    photos,
                    output,
                    targets,
                    "model",
                    new SettingsFingerprints("settings", "limits"),
                    Optional.empty(),
                    GoodRuns.NONE,
                    keptHere)) {
                assertThat(work.pending()).isEqualTo(2_500);
                List<Integer> sizes = new ArrayList<>();
                List<Photo> all = new ArrayList<>();
                work.batches(1_000).forEachRemaining(batch -> {
                    sizes.add(batch.size());
                    all.addAll(batch);
                });
                assertThat(sizes).containsExactly(1_000, 1_000, 500);
                assertThat(all).extracting(photo -> photo.file().path()).isSorted();
                assertThat(all).extracting(Photo::file).containsExactlyInAnyOrderElementsOf(files);
                assertThat(all.get(0).output()).isEqualTo("file:/cartoons/0.jpg");
            }
        }
    }
}
