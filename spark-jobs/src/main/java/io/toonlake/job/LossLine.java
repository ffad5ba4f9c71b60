package io.toonlake.job;

import io.toonlake.averaging.RoundResult;
import java.util.Locale;
import java.util.stream.Collectors;

/** A line with the losses now and then: at the first and last round of a run and phase, and every half minute. */
final class LossLine {
    private static final long EVERY_NANOS = 30_000_000_000L;

    private final int rounds;
    private long shownNanos = System.nanoTime() - EVERY_NANOS;
    private String phase = "";

    LossLine(int rounds) {
        this.rounds = rounds;
    }

    void show(RoundResult result) {
        String now = result.round().phase().code();
        boolean due = System.nanoTime() - shownNanos >= EVERY_NANOS;
        if (due || !now.equals(phase) || result.round().number() == rounds) {
            System.err.println(line(result));
            shownNanos = System.nanoTime();
            phase = now;
        }
    }

    String line(RoundResult result) {
        String losses = result.losses().entrySet().stream()
                .map(loss -> String.format(Locale.ROOT, "%s %.4f", loss.getKey().replace('_', ' '), loss.getValue()))
                .collect(Collectors.joining(", "));
        return String.format(
                "train: round %,d of %,d (%s): %s",
                result.round().number(), rounds, result.round().phase().code(), losses);
    }
}
