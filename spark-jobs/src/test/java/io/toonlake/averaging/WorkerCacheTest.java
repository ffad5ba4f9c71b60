package io.toonlake.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkerCacheTest {
    private final WorkerCache cache = new WorkerCache();
    private final List<String> closed = new ArrayList<>();
    private final AtomicInteger opened = new AtomicInteger();

    @Test
    void aWorkerIsOpenedOnceForAllRounds() {
        use("run", 0, 2);
        use("run", 0, 2);

        assertThat(opened).hasValue(1);
        assertThat(closed).isEmpty();
    }

    @Test
    void noMoreAreKeptThanAskedFor() {
        use("run", 0, 2);
        use("run", 1, 2);
        use("run", 0, 2);
        use("run", 2, 2);

        assertThat(closed).containsExactly("run 1");
        assertThat(cache.size()).isEqualTo(2);
    }

    @Test
    void anotherRunsWorkersAreClosed() {
        use("first", 0, 4);
        use("first", 1, 4);
        use("second", 0, 4);

        assertThat(closed).containsExactlyInAnyOrder("first 0", "first 1");
    }

    @Test
    void clearingClosesTheRunsWorkers() {
        use("run", 0, 4);
        use("run", 1, 4);

        cache.clear("run");

        assertThat(closed).containsExactlyInAnyOrder("run 0", "run 1");
        assertThat(cache.size()).isZero();
    }

    @Test
    void aWorkerThatFailedIsOpenedAnew() {
        assertThatThrownBy(() -> cache.with("run", 0, 2, () -> worker("run 0"), worker -> {
                    throw new IllegalStateException("failed");
                }))
                .hasMessage("failed");

        assertThat(closed).containsExactly("run 0");
        use("run", 0, 2);
        assertThat(opened).hasValue(2);
    }

    @Test
    void twoThreadsNeverUseOneWorkerAtOnce() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> uses = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                uses.add(threads.submit(() -> cache.with("run", 0, 1, () -> worker("run 0"), worker -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    Thread.yield();
                    return inside.decrementAndGet();
                })));
            }
            for (Future<?> use : uses) {
                use.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(most).hasValue(1);
        assertThat(opened).hasValue(1);
    }

    private void use(String run, int worker, int most) {
        cache.with(run, worker, most, () -> worker(run + " " + worker), opened -> null);
    }

    private LocalWorker worker(String name) {
        opened.incrementAndGet();
        return new Untouched() {
            @Override
            public LocalResult result() {
                throw new UnsupportedOperationException();
            }

            @Override
            public void close() {
                closed.add(name);
            }
        };
    }
}
