package io.toonlake.averaging;

import java.io.Serializable;
import java.util.List;

/** An averaged chunk on its way to the driver; the first one brings the workers' reports along. A class for {@link Shard}'s reason. */
final class Chunk implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int index;
    private final PackedFloats mean;
    private final WorkerReport[] reports;

    private Chunk(int index, PackedFloats mean, WorkerReport[] reports) {
        this.index = index;
        this.mean = mean;
        this.reports = reports;
    }

    static Chunk average(int index, List<Shard> inWorkerOrder) {
        WorkerReport[] reports = index > 0
                ? new WorkerReport[0]
                : inWorkerOrder.stream().map(Shard::report).toArray(WorkerReport[]::new);
        return new Chunk(index, Shard.weightedMean(inWorkerOrder), reports);
    }

    int index() {
        return index;
    }

    PackedFloats mean() {
        return mean;
    }

    List<WorkerReport> reports() {
        return List.of(reports);
    }
}
