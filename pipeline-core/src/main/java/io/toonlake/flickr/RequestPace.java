package io.toonlake.flickr;

import java.time.Duration;

/**
 * Keeps requests apart, so that no hour has more of them than it may. It is a pace and no budget, which would have to be remembered: a run that was killed
 * and the next one keep it together without knowing of each other, since none asks at once.
 */
public final class RequestPace {
    private static final double HOUR_NANOS = 3600e9;

    private final long intervalNanos;
    private final PassingTime time;
    private long dueNanos;

    /** @param perHour requests an hour, at most; 0 for no limit */
    public RequestPace(double perHour, PassingTime time) {
        this.intervalNanos = perHour > 0 ? (long) Math.ceil(HOUR_NANOS / perHour) : 0;
        this.time = time;
        this.dueNanos = time.nanos() + intervalNanos;
    }

    /** Waits until the next request is due. */
    void await() throws InterruptedException {
        long wait = dueNanos - time.nanos();
        if (wait > 0) {
            time.sleep(Duration.ofNanos(wait));
        }
        dueNanos = time.nanos() + intervalNanos;
    }

    /** Has the next request be no sooner than after that. */
    void pause(Duration duration) {
        dueNanos = Math.max(dueNanos, time.nanos() + duration.toNanos());
    }
}
