package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.config.Settings;
import io.toonlake.config.StylizeSettings;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RatesTest {
    @ParameterizedTest
    @CsvSource({
        // master, block managers now, spark.executor.instances, dynamic maximum (0: no dynamic allocation), executors
        "local[8], 1, 1, 0, 1",
        "'local[2, 4]', 1, 1, 0, 1",
        "yarn, 1, 20, 0, 20",
        "yarn, 21, 1, 0, 20",
        "yarn, 3, 1, 50, 50",
        "spark://host:7077, 1, 1, 0, 1",
        "spark://host:7077, 5, 1, 0, 4"
    })
    void executorsAreRatherTooManyThanTooFew(String master, int present, int instances, int most, int executors) {
        SparkConf conf = new SparkConf(false)
                .set("spark.master", master)
                .set("spark.executor.instances", String.valueOf(instances));
        if (most > 0) {
            conf.set("spark.dynamicAllocation.enabled", "true")
                    .set("spark.dynamicAllocation.maxExecutors", String.valueOf(most));
        }
        assertThat(Rates.executors(conf, present)).isEqualTo(executors);
    }

    @Test
    void aRateIsNotDividedAmongNobodyKnowsHowMany() {
        SparkConf conf =
                new SparkConf(false).set("spark.master", "yarn").set("spark.dynamicAllocation.enabled", "true");
        StylizeSettings unlimited = Settings.defaults().stylize();
        StylizeSettings limited = Settings.load(List.of(), List.of("stylize.max-writes-per-second=50"))
                .stylize();

        assertThatCode(() -> Rates.check(unlimited, conf)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Rates.check(limited, conf))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("Invalid stylize.max-writes-per-second: 50.0 (")
                .hasMessageEndingWith("set spark.dynamicAllocation.maxExecutors too)");
        conf.set("spark.dynamicAllocation.maxExecutors", "20");
        assertThatCode(() -> Rates.check(limited, conf)).doesNotThrowAnyException();
    }

    @Test
    void turnsAreSpaced() {
        Gate gate = Gate.of("spaced");
        long start = System.nanoTime();
        for (int i = 0; i < 6; i++) {
            assertThat(gate.awaitRead(20)).isTrue();
        }
        assertThat((System.nanoTime() - start) / 1e9).isGreaterThan(0.24);
        Gate.forget("spaced");
    }

    @Test
    void nobodyWaitsAtAShutGate() {
        Gate gate = Gate.of("shut");
        gate.awaitRead(0.001);
        gate.shut();
        assertThat(Gate.of("shut").awaitRead(0.001)).isFalse();
        Gate.forget("shut");
    }
}
