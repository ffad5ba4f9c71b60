package io.toonlake.storage;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bounds what may wait minutes for a store that does not answer, and which can be done without. */
public final class Patience {
    private static final Logger LOG = LoggerFactory.getLogger(Patience.class);

    private Patience() {}

    /**
     * Does the work in a thread of its own and waits.
     *
     * @param what for the log, as in "Cannot …"
     * @return its result, or nothing where it failed or took longer; it may go on then, until the process ends
     */
    public static <T> Optional<T> within(Duration longest, String what, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "patience");
        thread.setDaemon(true);
        thread.start();
        try {
            return Optional.ofNullable(task.get(longest.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            LOG.debug("Cannot {}: {}", what, e.getCause().getMessage());
        } catch (TimeoutException e) {
            LOG.debug("Cannot {}: no answer in {} s", what, longest.toSeconds());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }
}
