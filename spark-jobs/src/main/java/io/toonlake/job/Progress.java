package io.toonlake.job;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A line on standard error every few seconds: how many of how many, how fast, how long still. Silent for what is quick. */
final class Progress implements AutoCloseable {
    private static final long EVERY_SECONDS = 5;

    private final String activity;
    private final String unit;
    private final long total;
    private final LongSupplier done;
    private final PrintStream out;
    private final long startNanos = System.nanoTime();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "progress");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param activity what is going on, such as {@code ingest}
     * @param unit what is counted, in the plural
     * @param done how many are done now; called from another thread
     */
    Progress(String activity, String unit, long total, LongSupplier done) {
        this(activity, unit, total, done, System.err);
    }

    private Progress(String activity, String unit, long total, LongSupplier done, PrintStream out) {
        this.activity = activity;
        this.unit = unit;
        this.total = total;
        this.done = done;
        this.out = out;
        clock.scheduleAtFixedRate(this::print, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
    }

    private void print() {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        out.println(line(activity, unit, done.getAsLong(), total, seconds));
    }

    static String line(String activity, String unit, long done, long total, double seconds) {
        double rate = done / seconds;
        String line = String.format("%s: %,d of %,d %s", activity, done, total, unit);
        if (done == 0) {
            return line;
        }
        if (done >= total) {
            return line + ", writing the tables";
        }
        String speed = rate >= 10
                ? String.format("%.0f/s", rate)
                : rate >= 1 ? String.format("%.1f/s", rate) : String.format("%.1f s each", 1 / rate);
        return line + ", " + speed + ", " + left(Duration.ofSeconds(Math.round((total - done) / rate)));
    }

    private static String left(Duration duration) {
        if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min left";
        }
        return duration.toMinutes() > 0
                ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s left"
                : duration.toSeconds() + " s left";
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
