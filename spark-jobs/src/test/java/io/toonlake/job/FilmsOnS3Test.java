package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.table.Table;
import io.toonlake.testing.Bucket;
import io.toonlake.testing.FilmFile;
import io.toonlake.testing.S3Extension;
import io.toonlake.testing.S3Server;
import io.toonlake.testing.Scenes;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith({SparkExtension.class, S3Extension.class})
class FilmsOnS3Test {
    private final SparkSession spark;
    private final S3Server server;

    @TempDir
    private Path folder;

    private JobFixture jobs;
    private Bucket bucket;

    FilmsOnS3Test(SparkSession spark, S3Server server) {
        this.spark = spark;
        this.server = server;
    }

    @BeforeEach
    void prepare() throws IOException {
        jobs = new JobFixture(spark, folder);
        bucket = new Bucket(server, spark.sparkContext().hadoopConfiguration());
        Files.createDirectories(folder.resolve("films"));
        Path film = folder.resolve("films/a film.mp4");
        FilmFile.of(Scenes.pans(4, 20, 160, 96)).bFrames(2).write(film);
        bucket.put("films/a film.mp4", Files.readAllBytes(film));
    }

    @AfterEach
    void close() throws IOException {
        bucket.close();
    }

    private JsonNode ingest(String collection, String films, double segmentSeconds) throws IOException {
        return jobs.run(
                0,
                "ingest",
                "--domain",
                "cartoon",
                "--collection",
                collection,
                "--films",
                films,
                "--tables",
                jobs.at("lake"),
                "--set",
                "ingest.limits.min-side-pixels=64",
                "--set",
                "ingest.sample.size-pixels=64",
                "--set",
                "ingest.film-segment-seconds=" + segmentSeconds);
    }

    /** Read in parts, by several tasks, from wherever each part begins. */
    @Test
    void aFilmInABucketGivesTheFramesOfTheSameFilmOnADisk() throws IOException {
        assertThat(ingest("local", jobs.at("films"), 1000).get("done").asLong()).isEqualTo(8);

        JsonNode remote = ingest("remote", bucket.uri("films"), 0.5);

        assertThat(remote.get("done").asLong()).isEqualTo(8);
        assertThat(remote.get("read").asLong()).isEqualTo(80);
        assertThat(jobs.rows("lake", Table.IMAGES)
                        .select("path", "sha256")
                        .distinct()
                        .count())
                .isEqualTo(8);
    }
}
