package io.toonlake.job;

import io.toonlake.config.StylizeSettings;
import java.io.Serializable;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The requests a second that a job's settings allow, divided among its executors.
 *
 * @param readsPerSecond of one executor; 0 for no limit
 * @param writesPerSecond of one executor; 0 for no limit
 */
record Rates(double readsPerSecond, double writesPerSecond) implements Serializable {
    /** @throws UsageException where rates are to be divided among nobody knows how many */
    static void check(StylizeSettings settings, SparkConf conf) {
        boolean limited = settings.maxReadsPerSecond() > 0 || settings.maxWritesPerSecond() > 0;
        if (limited
                && !isOneMachine(conf)
                && conf.getBoolean("spark.dynamicAllocation.enabled", false)
                && !conf.contains("spark.dynamicAllocation.maxExecutors")) {
            throw new UsageException(
                    "Invalid stylize.max-%s-per-second: %s (with spark.dynamicAllocation.enabled each executor gets its share of it, "
                                    .formatted(
                                            settings.maxReadsPerSecond() > 0 ? "reads" : "writes",
                                            settings.maxReadsPerSecond() > 0
                                                    ? settings.maxReadsPerSecond()
                                                    : settings.maxWritesPerSecond())
                            + "which takes how many there may be: set spark.dynamicAllocation.maxExecutors too)");
        }
    }

    private static boolean isOneMachine(SparkConf conf) {
        return conf.get("spark.master", "local").matches("local(\\[.*])?");
    }

    static Rates of(StylizeSettings settings, JavaSparkContext spark) {
        int executors =
                executors(spark.getConf(), spark.sc().getExecutorMemoryStatus().size());
        return new Rates(settings.maxReadsPerSecond() / executors, settings.maxWritesPerSecond() / executors);
    }

    /**
     * How many executors a job may have: rather too many, since a store that is asked too often answers nobody.
     *
     * @param present block managers now, the driver's among them
     */
    static int executors(SparkConf conf, int present) {
        if (isOneMachine(conf)) {
            return 1;
        }
        int told = conf.getInt("spark.executor.instances", 1);
        int most = conf.getBoolean("spark.dynamicAllocation.enabled", false)
                ? conf.getInt("spark.dynamicAllocation.maxExecutors", 1)
                : 1;
        return Math.max(Math.max(told, most), Math.max(1, present - 1));
    }
}
