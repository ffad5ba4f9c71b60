package io.toonlake.job;

import java.util.Locale;
import org.apache.spark.SparkConf;

/** Whether executors are given the memory that networks and pictures take beside their heap: where they run in containers, more ends them. */
final class ExecutorMemory {
    private static final String OVERHEAD = "spark.executor.memoryOverhead";
    private static final long GIB = 1L << 30;
    /** Spark's own, where nothing is said: a tenth of the heap, and at least so much. */
    private static final long LEAST_OVERHEAD = 384L << 20;

    private ExecutorMemory() {}

    /** @param engineBytes {@code stylize.engine-memory}; natives and decoded pictures take a gibibyte beside it (docs/production.md) */
    static Finding of(SparkConf conf, long engineBytes) {
        long heap = conf.getSizeAsMb("spark.executor.memory", "1g") << 20;
        double factor = conf.getDouble(
                "spark.executor.memoryOverheadFactor", conf.getDouble("spark.kubernetes.memoryOverheadFactor", 0.1));
        long overhead = conf.contains(OVERHEAD)
                ? conf.getSizeAsMb(OVERHEAD, "0") << 20
                : Math.max(LEAST_OVERHEAD, (long) (factor * heap));
        long needed = engineBytes + GIB;
        String said = String.format(
                Locale.ROOT,
                "%.1f GiB of heap, %.1f GiB beside it; stylizing takes up to %.1f there",
                heap / (double) GIB,
                overhead / (double) GIB,
                needed / (double) GIB);
        if (overhead >= needed) {
            return Finding.good("job", "executors' memory", said);
        }
        String wayOut = String.format(
                Locale.ROOT,
                " (--conf %s=%dg, or a smaller stylize.engine-memory)",
                OVERHEAD,
                (needed + GIB - 1) / GIB);
        // What stylizing takes for its largest photos: a cluster that only trains may have less.
        boolean contained = conf.get("spark.master", "").matches("yarn|k8s://.*") && overhead < Diagnosis.NATIVE_BYTES;
        return contained
                ? Finding.wrong(
                        "job",
                        "executors' memory",
                        said + ", and a container that takes more than it has is ended" + wayOut)
                : Finding.note("job", "executors' memory", said + wayOut);
    }
}
