package io.toonlake.averaging;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A chunk of one worker's state on its way to the task that averages that chunk. A class, not a record: Kryo, where a cluster
 * serializes with it, cannot fill a record's fields.
 */
final class Shard implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final int LINE = 4096;

    private final WorkerReport report;
    private final float[] values;
    private final short[] differences;

    private Shard(WorkerReport report, float[] values, short[] differences) {
        this.report = report;
        this.values = values;
        this.differences = differences;
    }

    /** Of a state itself. */
    Shard(WorkerReport report, float[] values) {
        this(report, values, null);
    }

    /** Of a state's differences to the one that was broadcast, in {@link BFloat16}. */
    Shard(WorkerReport report, short[] differences) {
        this(report, null, differences);
    }

    WorkerReport report() {
        return report;
    }

    /** Whether the values are differences. */
    boolean isDifference() {
        return differences != null;
    }

    /** The values from {@code from} to before {@code to}. */
    Shard part(int from, int to) {
        return isDifference()
                ? new Shard(report, Arrays.copyOfRange(differences, from, to))
                : new Shard(report, Arrays.copyOfRange(values, from, to));
    }

    private int length() {
        return isDifference() ? differences.length : values.length;
    }

    /** One shard of each worker in worker order, whatever order they came in and however often. */
    static List<Shard> inWorkerOrder(Iterable<Shard> arrived, int workers) {
        List<Shard> shards = new ArrayList<>();
        arrived.forEach(shards::add);
        shards.sort(Comparator.comparingInt(shard -> shard.report.worker()));
        for (int worker = 0; worker < workers; worker++) {
            if (shards.size() != workers || shards.get(worker).report.worker() != worker) {
                throw new IllegalStateException("a round needs one result of each of " + workers
                        + " workers, and has those of "
                        + shards.stream().map(shard -> shard.report.worker()).toList());
            }
        }
        return shards;
    }

    /** sum of examples(w) * values(w) over sum of examples(w), in the list's order, in double precision. */
    static float[] weightedMean(List<Shard> shards) {
        long examples =
                shards.stream().mapToLong(shard -> shard.report.examples()).sum();
        float[] mean = new float[shards.get(0).length()];
        // Line by line, so that the sums stay in the processor's cache and take no memory to speak of.
        double[] sum = new double[LINE];
        for (int from = 0; from < mean.length; from += LINE) {
            int count = Math.min(LINE, mean.length - from);
            Arrays.fill(sum, 0);
            for (Shard shard : shards) {
                shard.addTo(sum, from, count);
            }
            for (int i = 0; i < count; i++) {
                mean[from + i] = (float) (sum[i] / examples);
            }
        }
        return mean;
    }

    private void addTo(double[] sum, int from, int count) {
        double weight = report.examples();
        if (isDifference()) {
            for (int i = 0; i < count; i++) {
                sum[i] += weight * BFloat16.value(differences[from + i]);
            }
        } else {
            for (int i = 0; i < count; i++) {
                sum[i] += weight * values[from + i];
            }
        }
    }
}
