package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.config.Settings;
import io.toonlake.storage.Listing;
import io.toonlake.storage.SourceFile;
import io.toonlake.table.Domain;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class PreparationAheadTest {
    private final SparkSession spark;
    private final JavaSparkContext sparkContext;
    private Set<Integer> persistedBefore;

    @TempDir
    private Path folder;

    PreparationAheadTest(SparkSession spark, JavaSparkContext sparkContext) {
        this.spark = spark;
        this.sparkContext = sparkContext;
    }

    @BeforeEach
    void drawPhotos() throws IOException {
        JobFixture jobs = new JobFixture(spark, folder);
        for (int i = 0; i < 5; i++) {
            jobs.photo("photos/" + i + ".png", i);
        }
        persistedBefore = Set.copyOf(sparkContext.getPersistentRDDs().keySet());
    }

    private JobContext context() {
        Settings settings =
                Settings.load(List.of(), List.of("ingest.limits.min-side-pixels=64", "ingest.sample.size-pixels=64"));
        return JobContext.open(
                settings, "a run", "ingest", folder.resolve("lake").toString());
    }

    private PreparationAhead ahead(JobContext context, LongAccumulator decoded) {
        List<SourceFile> files = new Listing(context.storage())
                .files(context.storage().qualified(folder.resolve("photos").toString()), "--input");
        return new PreparationAhead(
                context,
                new ImagePreparation(context, "flickr", Domain.PHOTO, "settings", decoded),
                "flickr",
                files,
                2);
    }

    private List<Integer> persisted() {
        List<Integer> persisted =
                new ArrayList<>(sparkContext.getPersistentRDDs().keySet());
        persisted.removeAll(persistedBefore);
        return persisted;
    }

    @Test
    void everyFileIsInOneBatchInOrder() {
        try (JobContext context = context()) {
            LongAccumulator decoded = sparkContext.sc().longAccumulator();
            List<String> seen = new ArrayList<>();
            try (PreparationAhead batches = ahead(context, decoded)) {
                while (batches.hasNext()) {
                    PreparationAhead.Batch batch = batches.next();
                    assertThat(batch.number()).isEqualTo(seen.size() + 1);
                    assertThat(batch.files()).hasSizeLessThanOrEqualTo(2);
                    batch.described().forEach(row -> {
                        seen.add(row.<String>getAs("path").replaceFirst(".*/", ""));
                        assertThat(row.<Integer>getAs("cuts")).isPositive();
                    });
                    assertThat(batch.prepared().count())
                            .isEqualTo(batch.described().size());
                }
            }
            assertThat(seen).containsExactly("0.png", "1.png", "2.png", "3.png", "4.png");
            assertThat(decoded.value()).isEqualTo(5);
            assertThat(persisted()).isEmpty();
        }
    }

    /** As where a commit fails: nobody will ask for the batch that is being prepared meanwhile. */
    @Test
    void whatNobodyAsksForIsLetGo() {
        try (JobContext context = context()) {
            try (PreparationAhead batches = ahead(context, sparkContext.sc().longAccumulator())) {
                batches.next();
            }
            assertThat(persisted()).isEmpty();
            assertThat(sparkContext.statusTracker().getActiveJobIds()).isEmpty();
            // The session's other jobs are none of its.
            assertThat(sparkContext.parallelize(List.of(1, 2, 3)).count()).isEqualTo(3);
        }
    }

    @Test
    void withoutFilesThereIsNothing() {
        try (JobContext context = context();
                PreparationAhead batches = new PreparationAhead(context, null, "flickr", List.of(), 2)) {
            assertThat(batches.hasNext()).isFalse();
        }
    }
}
