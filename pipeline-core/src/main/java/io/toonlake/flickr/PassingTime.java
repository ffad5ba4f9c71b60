package io.toonlake.flickr;

import java.time.Duration;

/** Time that passes by itself, or in a test where somebody waits. */
public interface PassingTime {
    /** Nanoseconds since any moment. */
    long nanos();

    void sleep(Duration duration) throws InterruptedException;

    /** The machine's. */
    static PassingTime real() {
        return new PassingTime() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                Thread.sleep(duration.toMillis(), duration.toNanosPart() % 1_000_000);
            }
        };
    }
}
