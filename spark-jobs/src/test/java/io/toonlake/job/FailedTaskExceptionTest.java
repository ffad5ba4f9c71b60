package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.storage.SourceFile;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

class FailedTaskExceptionTest {
    private static final List<Photo> PHOTOS = IntStream.range(0, 10)
            .mapToObj(i -> new Photo(
                    new SourceFile("s3a://lake/" + i + ".jpg", 1, 1), "", false, false, null, false, false, null))
            .toList();

    @Test
    void thePhotosOfTheTaskAreNamed() {
        SparkException lost = new SparkException(
                "Job aborted due to stage failure: Task 2 in stage 5.0 failed 4 times, most recent failure: Lost task\nDriver stacktrace:");

        assertThat(FailedTaskException.explained(lost, PHOTOS, 3))
                .hasMessageEndingWith("s3a://lake/6.jpg, s3a://lake/7.jpg, s3a://lake/8.jpg, s3a://lake/9.jpg")
                .hasMessageContaining("failed 4 times, most recent failure: Lost task)")
                .hasMessageContaining("--exclude")
                .hasCause(lost);
    }

    @Test
    void whatIsNoTasksFailureStaysAsItIs() {
        IllegalStateException stopped = new IllegalStateException("Cannot call methods on a stopped SparkContext.");

        assertThat(FailedTaskException.explained(stopped, PHOTOS, 3)).isSameAs(stopped);
    }
}
