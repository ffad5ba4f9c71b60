package io.toonlake.job;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.util.SignalUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.runtime.AbstractFunction0;

/**
 * What a run makes of SIGTERM, by which Airflow, Kubernetes and systemd ask a process to end: the photos in work are finished, as far as the
 * grace time allows, and what is done is committed. A second SIGTERM, and one to a job that has nothing to finish, ends the JVM as ever.
 */
final class StopSignal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);
    private static final AtomicReference<StopSignal> HEEDED = new AtomicReference<>();

    private final Gate gate;
    private final Duration grace;
    private final Runnable cancel;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "stop");
        thread.setDaemon(true);
        return thread;
    });
    private boolean requested;
    private boolean overdue;
    private boolean working;

    private StopSignal(Gate gate, Duration grace, Runnable cancel) {
        this.gate = gate;
        this.grace = grace;
        this.cancel = cancel;
    }

    /** For the process's start: from now on SIGTERM goes to the run that heeds it. */
    static void listen() {
        SignalUtils.register("TERM", new AbstractFunction0<Object>() {
            @Override
            public Object apply() {
                StopSignal heeded = HEEDED.get();
                return heeded != null && heeded.request();
            }
        });
    }

    /**
     * @param gate shut when the signal comes
     * @param grace how long work may go on after that
     * @param cancel ends the work that is on, from another thread
     */
    static StopSignal heed(Gate gate, Duration grace, Runnable cancel) {
        StopSignal signal = new StopSignal(gate, grace, cancel);
        HEEDED.set(signal);
        return signal;
    }

    /** Whether that was news. */
    synchronized boolean request() {
        if (requested) {
            return false;
        }
        requested = true;
        gate.shut();
        LOG.info("SIGTERM: finishing the photos in work, for {} s at most", grace.toSeconds());
        clock.schedule(this::end, grace.toMillis(), TimeUnit.MILLISECONDS);
        return true;
    }

    private synchronized void end() {
        overdue = true;
        if (working) {
            cancel.run();
        }
    }

    synchronized boolean isRequested() {
        return requested;
    }

    /**
     * Does work that may be cut off at the end of the grace time, and only such.
     *
     * <p>Throws what the work throws, unless it was cut off.
     */
    void during(Runnable work) {
        synchronized (this) {
            if (overdue) {
                return;
            }
            working = true;
        }
        try {
            work.run();
        } catch (Exception e) { // Scala code throws checked exceptions undeclared.
            synchronized (this) {
                if (!overdue) {
                    throw e;
                }
            }
        } finally {
            synchronized (this) {
                working = false;
            }
        }
    }

    @Override
    public void close() {
        HEEDED.compareAndSet(this, null);
        clock.shutdownNow();
    }
}
