package io.toonlake.averaging;

import java.io.Serializable;
import java.util.List;

/** An averaged chunk on its way to the driver; the first one brings the workers' reports along. A class for {@link Shard}'s reason. */
final class Chunk implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int index;
    private final float[] values;
    private final WorkerReport[] reports;

    private Chunk(int index, float[] values, WorkerReport[] reports) {
        this.index = index;
        this.values = values;
        this.reports = reports;
    }

    static Chunk average(int index, List<Shard> inWorkerOrder) {
        WorkerReport[] reports = inWorkerOrder.stream().map(Shard::report).toArray(WorkerReport[]::new);
        return new Chunk(index, Shard.weightedMean(inWorkerOrder), index == 0 ? reports : new WorkerReport[0]);
    }

    int index() {
        return index;
    }

    float[] values() {
        return values;
    }

    List<WorkerReport> reports() {
        return List.of(reports);
    }
}
