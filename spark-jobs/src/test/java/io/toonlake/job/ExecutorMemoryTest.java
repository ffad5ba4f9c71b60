package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecutorMemoryTest {
    private static final long SIX_GIB = 6L << 30;

    private static Finding of(String... settings) {
        SparkConf conf = new SparkConf(false);
        for (int i = 0; i < settings.length; i += 2) {
            conf.set(settings[i], settings[i + 1]);
        }
        return ExecutorMemory.of(conf, SIX_GIB);
    }

    @ParameterizedTest
    @CsvSource({
        "yarn, 7g, GOOD",
        "yarn, 7168, GOOD",
        "yarn, 6g, NOTE",
        "yarn, 2047m, WRONG",
        "k8s://https://host:6443, 1g, WRONG",
        "spark://host:7077, 7g, GOOD",
        "spark://host:7077, 1g, NOTE"
    })
    void whatIsMissingIsSaidByThePlaceThatWouldMissIt(String master, String overhead, Finding.Kind kind) {
        assertThat(of("spark.master", master, "spark.executor.memoryOverhead", overhead)
                        .kind())
                .isEqualTo(kind);
    }

    @Test
    void withoutASettingItIsSparksShareOfTheHeap() {
        assertThat(of("spark.master", "yarn", "spark.executor.memory", "3g").said())
                .contains("3.0 GiB of heap, 0.4 GiB beside it", "up to 7.0", "--conf spark.executor.memoryOverhead=7g");
        assertThat(of(
                                "spark.master",
                                "yarn",
                                "spark.executor.memory",
                                "20480",
                                "spark.executor.memoryOverheadFactor",
                                "0.4")
                        .kind())
                .isEqualTo(Finding.Kind.GOOD);
    }
}
