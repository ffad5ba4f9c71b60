package io.toonlake.job;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a job leaves for the record.
 *
 * @param fingerprints of what went in and what came out, by name: {@code settings}, {@code model}, …
 * @param message one line for people, or empty
 * @param figures how much, how fast and how near, by name
 */
record JobResult(Counts counts, Map<String, String> fingerprints, String message, Map<String, Double> figures) {
    JobResult {
        fingerprints = new LinkedHashMap<>(fingerprints);
        figures = new LinkedHashMap<>(figures);
    }

    JobResult(Counts counts, Map<String, String> fingerprints, String message) {
        this(counts, fingerprints, message, Map.of());
    }

    static JobResult of(Counts counts, Map<String, String> fingerprints) {
        return new JobResult(counts, fingerprints, "");
    }
}
