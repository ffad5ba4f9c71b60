package io.toonlake.job;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What became of everything a job read: {@code read = done + unchanged + quarantined}, always.
 *
 * @param done handled by this run
 * @param unchanged handled by an earlier run and as it was
 * @param reasons number quarantined by reason; they include what an earlier run quarantined and still is as it was
 */
record Counts(long done, long unchanged, Map<String, Long> reasons) {
    Counts {
        reasons = new TreeMap<>(reasons);
    }

    static Counts of(long done, long unchanged) {
        return new Counts(done, unchanged, Map.of());
    }

    long quarantined() {
        return reasons.values().stream().mapToLong(Long::longValue).sum();
    }

    long read() {
        return done + unchanged + quarantined();
    }

    boolean exceeds(double maxQuarantinedFraction) {
        return quarantined() > maxQuarantinedFraction * read();
    }

    @Override
    public String toString() {
        String line = String.format(
                "%,d read = %,d done + %,d unchanged + %,d quarantined", read(), done, unchanged, quarantined());
        String why = reasons.entrySet().stream()
                .map(entry -> String.format("%s %,d", entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
        return why.isEmpty() ? line : line + " (" + why + ")";
    }
}
