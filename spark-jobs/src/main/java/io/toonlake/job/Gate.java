package io.toonlake.job;

import io.toonlake.storage.UnreachableException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether the tasks of a run go on with their next photo, and how soon. All tasks of a JVM share a run's gate: what one has found out about
 * a store need not be waited for by the others. Once shut it stays so.
 */
final class Gate {
    private static final Map<String, Gate> OPENED = new ConcurrentHashMap<>();

    /** How long a task that waits for its turn does not notice that the gate is shut, in milliseconds. */
    private static final long LOOK_MILLIS = 200;

    private final Pace reads = new Pace();
    private final Pace writes = new Pace();
    private volatile boolean shut;

    private Gate() {}

    static Gate of(String runId) {
        return OPENED.computeIfAbsent(runId, id -> new Gate());
    }

    /** For the driver, when the run is over. */
    static void forget(String runId) {
        OPENED.remove(runId);
    }

    boolean isShut() {
        return shut;
    }

    /** No task of this JVM begins another photo. */
    void shut() {
        shut = true;
    }

    /** Waits for this JVM's turn to read. False where the gate is shut. */
    boolean awaitRead(double perSecond) {
        return await(reads, perSecond);
    }

    /** Waits for this JVM's turn to write, which what is begun gets even where the gate is shut. */
    void awaitWrite(double perSecond) {
        while (!writes.tryTurn(perSecond, LOOK_MILLIS)) {
            if (Thread.currentThread().isInterrupted()) {
                throw new UnreachableException("Cannot write: interrupted");
            }
        }
    }

    private boolean await(Pace pace, double perSecond) {
        while (!shut) {
            if (pace.tryTurn(perSecond, LOOK_MILLIS)) {
                return !shut;
            }
            if (Thread.currentThread().isInterrupted()) {
                return false;
            }
        }
        return false;
    }
}
