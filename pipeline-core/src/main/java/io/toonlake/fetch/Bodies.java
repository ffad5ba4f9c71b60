package io.toonlake.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Reads a task's images into memory, few large ones at a time: servers that send without end would fill it otherwise. Memory grows with what comes, not with
 * what a server promises. Thread-safe.
 */
final class Bodies {
    /** What nearly all photos on the web stay below. */
    static final int SMALL_BYTES = 4 << 20;

    private final long maxBytes;
    private final Semaphore large;
    private final Duration patience;

    /**
     * @param maxBytes of an image
     * @param large images above {@link #SMALL_BYTES} at a time, at least 1
     * @param patience of one that waits for its turn to be large
     */
    Bodies(long maxBytes, int large, Duration patience) {
        this.maxBytes = maxBytes;
        this.large = new Semaphore(large, true);
        this.patience = patience;
    }

    /** For a task beside others, whose images take twice their bytes while they are put together: an eighth of the heap, or one image. */
    static Bodies of(FetchSettings settings) {
        long most = Runtime.getRuntime().maxMemory() / 16 / Math.max(1, settings.maxBytes());
        return new Bodies(
                settings.maxBytes(), (int) Math.min(settings.threads(), Math.max(1, most)), settings.totalTimeout());
    }

    /**
     * The body, or one byte more than is allowed of it.
     *
     * @throws InterruptedIOException where it is large, and others were for too long
     */
    byte[] read(InputStream in) throws IOException {
        int most = (int) Math.min(maxBytes + 1, Integer.MAX_VALUE - 8L);
        byte[] first = in.readNBytes(Math.min(SMALL_BYTES, most));
        if (first.length < SMALL_BYTES || first.length == most) {
            return first;
        }
        if (!isOurTurn()) {
            throw new InterruptedIOException("waited too long for other large images");
        }
        try {
            byte[] rest = in.readNBytes(most - first.length);
            byte[] all = Arrays.copyOf(first, first.length + rest.length);
            System.arraycopy(rest, 0, all, first.length, rest.length);
            return all;
        } finally {
            large.release();
        }
    }

    private boolean isOurTurn() throws InterruptedIOException {
        try {
            return large.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
