package io.toonlake.fetch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Fetches the images of a {@link LanePlan}, one request at a time, never sooner than it is due. A failed request keeps the whole lane waiting: what a host
 * cannot give now it will not give another image's request either. A wait that the host asks for keeps its other lanes waiting too. Not thread-safe; knows time only from what it is given.
 */
final class Lane {
    /** Of one image. */
    static final int MAX_REDIRECTS = 3;

    /** Takes what has come of an image: {@link Answer.Image}, {@link Answer.Without}, or {@link Answer.Moved} where that is another host. */
    interface Sink {
        void take(Wanted wanted, Answer answer);
    }

    private final LanePlan plan;
    private final FetchSettings settings;
    private final Fetcher fetcher;
    private final Sink sink;
    private final HostState host;
    private final LongSupplier clock;
    private final RandomGenerator random;
    private final Deque<Wanted> queue;
    /** Failed requests in a row, and those of them that were for the image that is first in the queue. */
    private int failures;

    private int attempts;
    private long due;

    /**
     * @param host shared with the host's other lanes that run beside this one
     * @param clock nanoseconds, such as {@link System#nanoTime()}
     */
    Lane(
            LanePlan plan,
            FetchSettings settings,
            Fetcher fetcher,
            Sink sink,
            HostState host,
            LongSupplier clock,
            RandomGenerator random) {
        this.plan = plan;
        this.settings = settings;
        this.fetcher = fetcher;
        this.sink = sink;
        this.host = host;
        this.clock = clock;
        this.random = random;
        this.queue = new ArrayDeque<>(plan.wanted());
        this.due = clock.getAsLong() + plan.start().toNanos();
    }

    boolean isDone() {
        return queue.isEmpty();
    }

    /** Nanoseconds until the next request is due; zero or less where it is. */
    long dueIn(long now) {
        return due - now;
    }

    /**
     * Makes the next request, and hands on what is settled by it; or makes none, where another lane has learnt meanwhile that the host is to be asked later or
     * not at all. To be called when it is due, and only while it is not done.
     */
    void step() {
        Optional<String> leftAlone = host.leftAlone();
        if (leftAlone.isPresent()) {
            giveUp(leftAlone.get());
            return;
        }
        long now = clock.getAsLong();
        long wait = host.dueIn(now);
        if (wait > 0) {
            // Afterwards the host's lanes take turns again.
            due = now + wait + plan.start().toNanos();
            return;
        }
        due = now + plan.interval().toNanos();
        Wanted wanted = queue.getFirst();
        Answer answer = fetcher.get(wanted.url());
        if (answer instanceof Answer.Failed failed) {
            failed(wanted, failed);
            return;
        }
        failures = 0;
        attempts = 0;
        queue.removeFirst();
        if (answer instanceof Answer.Moved moved) {
            moved(wanted, moved);
        } else {
            sink.take(wanted, answer);
        }
    }

    private void moved(Wanted wanted, Answer.Moved moved) {
        if (wanted.redirects() == MAX_REDIRECTS) {
            sink.take(
                    wanted,
                    new Answer.Refused(
                            FetchReason.TOO_MANY_REDIRECTS,
                            "redirected more than " + MAX_REDIRECTS + " times, at last to " + moved.to()));
        } else if (moved.to().host().equals(plan.host())) {
            queue.addFirst(wanted.movedTo(moved.to()));
        } else {
            // The other host has lanes of its own, perhaps on another machine.
            sink.take(wanted, moved);
        }
    }

    private void failed(Wanted wanted, Answer.Failed failed) {
        failures++;
        attempts++;
        Duration asked = failed.retryAfter().orElse(Duration.ZERO);
        boolean patient = asked.compareTo(settings.maxWait()) <= 0;
        if (attempts == settings.attempts() || !patient) {
            queue.removeFirst();
            attempts = 0;
            sink.take(wanted, failed);
        }
        if (!patient) {
            String why = "asks to wait " + asked.toSeconds() + " s, longer than is waited";
            host.leaveAlone(why);
            giveUp(why);
        } else if (failures >= settings.maxFailures()) {
            // This lane alone: there may be a few bad images at the head of its queue, and the host be well.
            giveUp("failed " + failures + " times in a row, at last: " + failed.message());
        } else {
            Duration backOff = settings.backOff().after(failures, random);
            long now = clock.getAsLong();
            due = Math.max(due, now + backOff.toNanos());
            if (!asked.isZero()) {
                host.waitUntil(now + asked.toNanos());
            }
        }
    }

    private void giveUp(String why) {
        while (!queue.isEmpty()) {
            sink.take(queue.removeFirst(), Answer.notAsked(plan.host(), why));
        }
    }
}
