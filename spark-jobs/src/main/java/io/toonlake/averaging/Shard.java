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
        double[] sum = new double[mean.length];
        for (Shard shard : shards) {
            shard.addTo(sum);
        }
        for (int i = 0; i < sum.length; i++) {
            mean[i] = (float) (sum[i] / examples);
        }
        return mean;
    }

    private void addTo(double[] sum) {
        double weight = report.examples();
        if (isDifference()) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += weight * BFloat16.value(differences[i]);
            }
        } else {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += weight * values[i];
            }
        }
    }
}
