package io.toonlake.averaging;

import java.io.Serializable;
import java.util.List;

/** An averaged chunk on its way to the driver; the first one brings the workers' reports along. A class for {@link Shard}'s reason. */
final class Chunk implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int index;
    private final float[] values;
    private final short[] differences;
    private final WorkerReport[] reports;

    private Chunk(int index, float[] values, short[] differences, WorkerReport[] reports) {
        this.index = index;
        this.values = values;
        this.differences = differences;
        this.reports = reports;
    }

    static Chunk average(int index, List<Shard> inWorkerOrder) {
        WorkerReport[] reports = index > 0
                ? new WorkerReport[0]
                : inWorkerOrder.stream().map(Shard::report).toArray(WorkerReport[]::new);
        float[] mean = Shard.weightedMean(inWorkerOrder);
        if (!inWorkerOrder.get(0).isDifference()) {
            return new Chunk(index, mean, null, reports);
        }
        short[] differences = new short[mean.length];
        for (int i = 0; i < mean.length; i++) {
            differences[i] = BFloat16.of(mean[i]);
        }
        return new Chunk(index, null, differences, reports);
    }

    int index() {
        return index;
    }

    /** Puts the average where it belongs: into the state, or into the differences to the state before. */
    void copyTo(float[] state, short[] stateDifferences, int at) {
        if (values != null) {
            System.arraycopy(values, 0, state, at, values.length);
        } else {
            System.arraycopy(differences, 0, stateDifferences, at, differences.length);
        }
    }

    List<WorkerReport> reports() {
        return List.of(reports);
    }
}
