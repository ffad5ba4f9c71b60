package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.job.ExecutorCores.Executor;
import io.toonlake.testing.SparkExtension;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class ExecutorCoresTest {
    private final SparkSession spark;

    ExecutorCoresTest(SparkSession spark) {
        this.spark = spark;
    }

    @Test
    void executorsCountForAsLongAsTheyAreThere() {
        ExecutorCores cores = new ExecutorCores(List.of(
                new Executor(0, 0, Long.MAX_VALUE),
                new Executor(4, 1_000, Long.MAX_VALUE),
                new Executor(8, 3_000, 5_000),
                new Executor(16, 100, 900)));

        assertThat(cores.seconds(2_000, 6_000)).isEqualTo(4 * 4 + 8 * 2);
        assertThat(cores.average(2_000, 6_000)).isEqualTo(8);
        assertThat(cores.average(500, 1_000)).isEqualTo(16 * 0.8);
    }

    @Test
    void onOneMachineTheDriversCoresCountFromTheBeginning() {
        int local = spark.sparkContext().defaultParallelism();

        assertThat(ExecutorCores.of(spark.sparkContext()).average(0, 1_000)).isEqualTo(local);
    }
}
