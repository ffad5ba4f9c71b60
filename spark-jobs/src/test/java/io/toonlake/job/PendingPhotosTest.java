package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.testing.SparkExtension;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class PendingPhotosTest {
    private static final Timestamp MADE = Timestamp.from(Instant.parse("2026-11-25T01:02:03.123456Z"));
    private static final Timestamp REFUSED = Timestamp.from(Instant.parse("1969-12-31T23:59:59.999999Z"));

    private final SparkSession spark;

    PendingPhotosTest(SparkSession spark) {
        this.spark = spark;
    }

    private Dataset<Row> rows() {
        return spark.sql("SELECT * FROM VALUES "
                + "('s3a://b/ü☂.jpg', 7L, timestamp'2026-01-01 00:00:00Z', 'out/ü☂.jpg', true, false,"
                + " timestamp'2026-11-25 01:02:03.123456Z', true, false, CAST(NULL AS timestamp)),"
                + "('s3a://b/a.jpg', 5000000000L, timestamp'2026-01-01 00:00:00.5Z', 'out/a.jpg', false, true,"
                + " NULL, false, true, timestamp'1969-12-31 23:59:59.999999Z')"
                + " AS t(path, size_bytes, modified, output, replaces, refused_before, made_since, made_settled,"
                + " refused_settled, refused_since)");
    }

    @Test
    void onDiskTheyAreWhatTheyAreInMemory() {
        List<Photo> inMemory = all(PendingPhotos.of(rows(), 2, 2));

        assertThat(all(PendingPhotos.of(rows(), 2, 1))).isEqualTo(inMemory).hasSize(2);

        assertThat(inMemory)
                .extracting(photo -> photo.file().path())
                .containsExactly("s3a://b/a.jpg", "s3a://b/ü☂.jpg");
        assertThat(inMemory.get(1).madeSince()).isEqualTo(MADE);
        assertThat(inMemory.get(0).refusedSince()).isEqualTo(REFUSED);
    }

    private static List<Photo> all(PendingPhotos photos) {
        List<Photo> all = new ArrayList<>();
        try (photos) {
            photos.batches(1).forEachRemaining(all::addAll);
            assertThat(all).hasSize((int) photos.count());
        }
        return all;
    }
}
