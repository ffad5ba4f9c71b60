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
 * @param settled what of that is from runs that ended well, for jobs that tell; else nothing
 */
record Counts(
        long done,
        long unchanged,
        Map<String, Long> reasons,
        long filtered,
        long pruned,
        Map<String, Long> filteredBy,
        boolean filteredWereRead,
        Settled settled) {
    /**
     * What is no news: an earlier run has ended well with it.
     *
     * @param done of those done, made anew of the same files
     * @param unchanged of the unchanged
     * @param quarantined of the quarantined, also where they were tried again
     */
    record Settled(long done, long unchanged, long quarantined) {
        static final Settled NOTHING = new Settled(0, 0, 0);

        private long all() {
            return done + unchanged + quarantined;
        }
    }

    Counts {
        reasons = new TreeMap<>(reasons);
        filteredBy = new TreeMap<>(filteredBy);
        if (done < 0 || unchanged < 0 || filtered < 0) {
            throw new IllegalArgumentException("done " + done + ", unchanged " + unchanged + ", filtered " + filtered);
        }
        if (!filteredBy.isEmpty() && sum(filteredBy) != filtered) {
            throw new IllegalArgumentException(filteredBy + " is not " + filtered + " in all");
        }
        if (settled.done() > done || settled.unchanged() > unchanged || settled.quarantined() > sum(reasons)) {
            throw new IllegalArgumentException(
                    settled + " of done " + done + ", unchanged " + unchanged + ", quarantined " + sum(reasons));
        }
    }

    Counts(
            long done,
            long unchanged,
            Map<String, Long> reasons,
            long filtered,
            long pruned,
            Map<String, Long> filteredBy) {
        this(done, unchanged, reasons, filtered, pruned, filteredBy, false, Settled.NOTHING);
    }

    Counts(long done, long unchanged, Map<String, Long> reasons, long filtered, long pruned) {
        this(done, unchanged, reasons, filtered, pruned, Map.of());
    }

    /** The same of a job that reads everything before it chooses. */
    Counts ofWhatWasRead() {
        return new Counts(done, unchanged, reasons, filtered, pruned, filteredBy, true, settled);
    }

    /** The same of a job that knows what is no news. */
    Counts with(Settled noNews) {
        return new Counts(done, unchanged, reasons, filtered, pruned, filteredBy, filteredWereRead, noNews);
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

    /**
     * Whether more is newly in quarantine than may be.
     *
     * @param maxFraction share of {@link #judged()}
     * @param tolerated so many may be whatever their share
     */
    boolean exceeds(double maxFraction, int tolerated) {
        return news() > Math.max(tolerated, maxFraction * judged());
    }

    /** What is in quarantine, but for what is no news. */
    long news() {
        return quarantined() - settled.quarantined();
    }

    /** What that is a share of. */
    long judged() {
        return read() - (filteredWereRead ? 0 : filtered) - settled.all();
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
