package io.toonlake.report;

import java.time.Instant;
import java.util.Map;

/**
 * One run of a job. Maps are shown in their own order.
 *
 * @param id the run's id
 * @param job e.g. {@code ingest}
 * @param outcome e.g. {@code done}, {@code over-budget}, {@code failed}
 * @param started when it began
 * @param seconds how long it took
 * @param counts e.g. {@code read}, {@code done}, {@code unchanged}, {@code quarantined}
 * @param settings keys and values; secrets must not be among them
 * @param fingerprints of what went in and came out, by name
 * @param figures how much, how fast and how near, by name, e.g. {@code megapixelsPerSecond}, {@code psnr} (dB)
 */
public record RunSummary(
        String id,
        String job,
        String outcome,
        Instant started,
        double seconds,
        Map<String, Long> counts,
        Map<String, String> settings,
        Map<String, String> fingerprints,
        Map<String, Double> figures) {}
