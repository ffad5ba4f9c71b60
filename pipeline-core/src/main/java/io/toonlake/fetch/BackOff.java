package io.toonlake.fetch;

import java.io.Serializable;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits that double from failure to failure. Half of each is chance, so that many who failed together do not come back together.
 *
 * @param first after the first failure, at most
 * @param longest after any failure
 */
public record BackOff(Duration first, Duration longest) implements Serializable {
    /** Doubled so often the first wait is past any longest one. */
    private static final int MAX_DOUBLINGS = 40;

    /**
     * @param failures in a row, from 1
     * @return from half of {@code min(longest, first * 2^(failures - 1))} to all of it
     */
    public Duration after(int failures, RandomGenerator random) {
        double whole = first.toNanos() * Math.pow(2, Math.min(failures - 1, MAX_DOUBLINGS));
        return Duration.ofNanos((long) (Math.min(whole, longest.toNanos()) * (0.5 + 0.5 * random.nextDouble())));
    }
}
