package io.toonlake.job;

import com.google.common.util.concurrent.RateLimiter;
import java.util.concurrent.TimeUnit;

/** So many a second in this JVM, evenly spaced. Guava's limiter, which every Spark has. */
final class Pace {
    private RateLimiter limiter;

    /**
     * Takes the next turn if it comes soon enough.
     *
     * @param perSecond how many a second; 0 for no limit
     */
    boolean tryTurn(double perSecond, long withinMillis) {
        return perSecond <= 0 || limiter(perSecond).tryAcquire(1, withinMillis, TimeUnit.MILLISECONDS);
    }

    private synchronized RateLimiter limiter(double perSecond) {
        if (limiter == null) {
            limiter = RateLimiter.create(perSecond);
        } else if (limiter.getRate() != perSecond) {
            limiter.setRate(perSecond); // Executors came or went.
        }
        return limiter;
    }
}
