package io.toonlake.averaging;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A chunk of one worker's state, or of its differences to the one that was broadcast, on its way to the task that averages that chunk.
 * A class, not a record: Kryo, where a cluster serializes with it, cannot fill a record's fields.
 */
final class Shard implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final int LINE = 4096;

    private final WorkerReport report;
    private final PackedFloats values;

    Shard(WorkerReport report, PackedFloats values) {
        this.report = report;
        this.values = values;
    }

    WorkerReport report() {
        return report;
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

    /** sum of examples(w) * values(w) over sum of examples(w), in the list's order, in double precision; packed as the shards are. */
    static PackedFloats weightedMean(List<Shard> shards) {
        long examples =
                shards.stream().mapToLong(shard -> shard.report.examples()).sum();
        PackedFloats first = shards.get(0).values;
        PackedFloats mean = new PackedFloats(first.format(), first.length());
        // Line by line, so that the sums stay in the processor's cache and take no memory to speak of.
        double[] sum = new double[LINE];
        float[] line = new float[LINE];
        for (int from = 0; from < mean.length(); from += LINE) {
            int count = Math.min(LINE, mean.length() - from);
            Arrays.fill(sum, 0);
            for (Shard shard : shards) {
                shard.values.get(from, line, 0, count);
                double weight = shard.report.examples();
                for (int i = 0; i < count; i++) {
                    sum[i] += weight * line[i];
                }
            }
            for (int i = 0; i < count; i++) {
                line[i] = (float) (sum[i] / examples);
            }
            mean.put(from, line, 0, count);
        }
        return mean;
    }
}
