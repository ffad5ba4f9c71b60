package io.toonlake.averaging;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a worker says of its round beside its state. A class for {@link Shard}'s reason.
 *
 * <p>Times are of the executor's clock, milliseconds since 1970 UTC.
 */
final class WorkerReport implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int worker;
    private final long examples;
    private final LinkedHashMap<String, Double> losses;
    private final String divergence;
    private final long startedMillis;
    private final long readyMillis;
    private final long finishedMillis;

    /**
     * @param startedMillis when the task began
     * @param readyMillis when it had the broadcast state
     */
    WorkerReport(int worker, LocalResult result, long startedMillis, long readyMillis, long finishedMillis) {
        this.worker = worker;
        this.examples = result.examples();
        this.losses = new LinkedHashMap<>(result.losses());
        this.divergence = result.divergence().orElse("");
        this.startedMillis = startedMillis;
        this.readyMillis = readyMillis;
        this.finishedMillis = finishedMillis;
    }

    int worker() {
        return worker;
    }

    long examples() {
        return examples;
    }

    Map<String, Double> losses() {
        return losses;
    }

    /** Empty where the worker took its steps. */
    String divergence() {
        return divergence;
    }

    /** In its local steps, without the wait for the state. */
    double examplesPerSecond() {
        return examples * 1e3 / Math.max(1, finishedMillis - readyMillis);
    }

    long fetchMillis() {
        return readyMillis - startedMillis;
    }

    long readyMillis() {
        return readyMillis;
    }

    long finishedMillis() {
        return finishedMillis;
    }
}
