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
    private final String executor;
    private final long examples;
    private final LinkedHashMap<String, Double> losses;
    private final String divergence;
    private final long broadcastMillis;
    private final long readyMillis;
    private final long finishedMillis;

    /**
     * @param executor whose clock it is
     * @param broadcastMillis how long it took until the executor had the state
     * @param readyMillis when its networks were there, which a worker that has not been on this executor before takes a while for
     */
    WorkerReport(
            int worker,
            String executor,
            LocalResult result,
            long broadcastMillis,
            long readyMillis,
            long finishedMillis) {
        this.worker = worker;
        this.executor = executor;
        this.examples = result.examples();
        this.losses = new LinkedHashMap<>(result.losses());
        this.divergence = result.divergence().orElse("");
        this.broadcastMillis = broadcastMillis;
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

    /** In its local steps alone. */
    double examplesPerSecond() {
        return examples * 1e3 / Math.max(1, finishedMillis - readyMillis);
    }

    /** Times of two executors may be of two clocks. */
    String executor() {
        return executor;
    }

    long broadcastMillis() {
        return broadcastMillis;
    }

    long readyMillis() {
        return readyMillis;
    }

    long finishedMillis() {
        return finishedMillis;
    }
}
