package io.toonlake.fetch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

/** Runs lanes, with a few threads for any number of them: a lane that waits for its time takes none. */
public final class Lanes {
    private final FetchSettings settings;

    public Lanes(FetchSettings settings) {
        this.settings = settings;
    }

    /**
     * Fetches all images and returns when the last is settled.
     *
     * @param sink gets every image once, with {@link Answer.Image}, {@link Answer.Without}, or {@link Answer.Moved} where a redirect leads to
     *     another host; called by several threads. The first exception that it throws ends the run.
     * @return hosts that asked for longer waits than are waited, each with what is to be said of its images: they are not to be asked again soon
     * @throws InterruptedException where the thread was interrupted; requests that are on are cut off
     */
    public Map<String, String> run(List<LanePlan> plans, BiConsumer<Wanted, Answer> sink) throws InterruptedException {
        if (plans.isEmpty()) {
            return Map.of();
        }
        try (HttpFetcher fetcher = new HttpFetcher(settings)) {
            Run run = new Run(plans, fetcher, sink);
            run.await();
            return run.leftAlone();
        }
    }

    private final class Run {
        private final ScheduledThreadPoolExecutor threads;
        private final CountDownLatch open;
        private final Map<String, HostState> hosts = new HashMap<>();
        private final AtomicReference<Throwable> problem = new AtomicReference<>();

        Run(List<LanePlan> plans, Fetcher fetcher, BiConsumer<Wanted, Answer> sink) {
            open = new CountDownLatch(plans.size());
            threads = new ScheduledThreadPoolExecutor(Math.min(settings.threads(), plans.size()), task -> {
                Thread thread = new Thread(task, "fetch");
                thread.setDaemon(true);
                return thread;
            });
            SplittableRandom random = new SplittableRandom();
            for (LanePlan plan : plans) {
                Lane.Sink keep = sink::accept;
                HostState host = hosts.computeIfAbsent(plan.host(), name -> new HostState());
                next(new Lane(plan, settings, fetcher, keep, host, System::nanoTime, random.split()));
            }
        }

        private void next(Lane lane) {
            if (lane.isDone()) {
                open.countDown();
            } else if (problem.get() == null) {
                threads.schedule(() -> step(lane), lane.dueIn(System.nanoTime()), TimeUnit.NANOSECONDS);
            }
        }

        private void step(Lane lane) {
            try {
                lane.step();
                next(lane);
            } catch (Throwable e) { // Handed to the thread that waits.
                problem.compareAndSet(null, e);
                while (open.getCount() > 0) {
                    open.countDown();
                }
            }
        }

        Map<String, String> leftAlone() {
            Map<String, String> leftAlone = new HashMap<>();
            hosts.forEach((name, host) -> host.leftAlone().ifPresent(why -> leftAlone.put(name, why)));
            return leftAlone;
        }

        void await() throws InterruptedException {
            try {
                open.await();
            } finally {
                threads.shutdownNow();
            }
            if (problem.get() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (problem.get() instanceof Error error) {
                throw error;
            }
        }
    }
}
