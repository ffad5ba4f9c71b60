package io.toonlake.flickr;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestPaceTest {
    private static final Duration REQUEST = Duration.ofMillis(30);

    private final StoppedTime time = new StoppedTime();
    private final List<Long> asked = new ArrayList<>();

    private void ask(RequestPace pace, int requests) throws InterruptedException {
        for (int i = 0; i < requests; i++) {
            pace.await();
            asked.add(time.nanos());
            time.pass(REQUEST);
        }
    }

    private long mostInAnHour() {
        long most = 0;
        int first = 0;
        for (int last = 0; last < asked.size(); last++) {
            while (asked.get(last) - asked.get(first) >= Duration.ofHours(1).toNanos()) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }

    @Test
    void noHourHasMoreRequestsThanItMay() throws InterruptedException {
        long start = time.nanos();

        ask(new RequestPace(3600, time), 9000);

        assertThat(mostInAnHour()).isEqualTo(3600);
        assertThat(asked.get(8999) - start)
                .as("and they are made use of")
                .isEqualTo(Duration.ofSeconds(9000).toNanos());
    }

    @Test
    void aRunThatWasKilledAndTheNextOneKeepTheLimitTogether() throws InterruptedException {
        for (int run = 0; run < 50; run++) {
            ask(new RequestPace(3600, time), 1 + run * 7);
        }

        assertThat(mostInAnHour()).isLessThanOrEqualTo(3600);
    }

    @Test
    void aPauseHoldsTheNextRequestAndNoOther() throws InterruptedException {
        RequestPace pace = new RequestPace(3600, time);
        ask(pace, 1);
        pace.pause(Duration.ofSeconds(20));
        pace.pause(Duration.ofMillis(1));
        ask(pace, 2);

        assertThat(asked.get(1) - asked.get(0))
                .isEqualTo(Duration.ofSeconds(20).plus(REQUEST).toNanos());
        assertThat(asked.get(2) - asked.get(1)).isEqualTo(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void withoutALimitNobodyWaits() throws InterruptedException {
        long start = time.nanos();

        ask(new RequestPace(0, time), 100);

        assertThat(time.nanos() - start).isEqualTo(REQUEST.multipliedBy(100).toNanos());
    }
}
