package io.toonlake.flickr;

import java.time.Duration;

/** Time that moves only when somebody waits, or a test says so. */
final class StoppedTime implements PassingTime {
    private long now = 1_000_000_007;

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public void sleep(Duration duration) {
        pass(duration);
    }

    void pass(Duration duration) {
        now += duration.toNanos();
    }
}
