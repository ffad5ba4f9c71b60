package io.toonlake.job;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What became of everything a job read: {@code read = done + unchanged + quarantined + filtered}, always.
 *
 * @param done handled by this run
 * @param unchanged handled by an earlier run and as it was
 * @param reasons number quarantined by reason; they include what an earlier run quarantined and still is as it was
 * @param filtered passed over, as the command line asked for
 * @param pruned pictures deleted whose photos are gone; nothing that was read, so no part of the sum
 * @param filteredBy number filtered by the filter that passed them over, for jobs that tell; else empty
 * @param filteredWereRead whether what was filtered had been read before, and is part of what the quarantine is a share of
 */
record Counts(
        long done,
        long unchanged,
        Map<String, Long> reasons,
        long filtered,
        long pruned,
        Map<String, Long> filteredBy,
        boolean filteredWereRead) {
    Counts {
        reasons = new TreeMap<>(reasons);
        filteredBy = new TreeMap<>(filteredBy);
        if (done < 0 || unchanged < 0 || filtered < 0) {
            throw new IllegalArgumentException("done " + done + ", unchanged " + unchanged + ", filtered " + filtered);
        }
        if (!filteredBy.isEmpty() && sum(filteredBy) != filtered) {
            throw new IllegalArgumentException(filteredBy + " is not " + filtered + " in all");
        }
    }

    Counts(
            long done,
            long unchanged,
            Map<String, Long> reasons,
            long filtered,
            long pruned,
            Map<String, Long> filteredBy) {
        this(done, unchanged, reasons, filtered, pruned, filteredBy, false);
    }

    Counts(long done, long unchanged, Map<String, Long> reasons, long filtered, long pruned) {
        this(done, unchanged, reasons, filtered, pruned, Map.of());
    }

    /** The same of a job that reads everything before it chooses. */
    Counts ofWhatWasRead() {
        return new Counts(done, unchanged, reasons, filtered, pruned, filteredBy, true);
    }

    Counts(long done, long unchanged, Map<String, Long> reasons) {
        this(done, unchanged, reasons, 0, 0);
    }

    static Counts of(long done, long unchanged) {
        return new Counts(done, unchanged, Map.of());
    }

    long quarantined() {
        return sum(reasons);
    }

    static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static String listed(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(entry -> String.format("%s %,d", entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    long read() {
        return done + unchanged + quarantined() + filtered;
    }

    boolean exceeds(double maxQuarantinedFraction) {
        return quarantined() > maxQuarantinedFraction * wanted();
    }

    /** What the quarantine is a share of. */
    long wanted() {
        return filteredWereRead ? read() : read() - filtered;
    }

    @Override
    public String toString() {
        String line = String.format(
                "%,d read = %,d done + %,d unchanged + %,d quarantined", read(), done, unchanged, quarantined());
        if (filtered > 0) {
            line += String.format(" + %,d filtered", filtered);
        }
        String why = listed(reasons);
        if (!filteredBy.isEmpty()) {
            why += (why.isEmpty() ? "" : "; ") + "filtered by " + listed(filteredBy);
        }
        line = why.isEmpty() ? line : line + " (" + why + ")";
        return pruned > 0 ? line + String.format("; %,d pruned", pruned) : line;
    }
}
