package io.toonlake.storage;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * Hadoop's S3A as a nightly job wants it: faults of seconds heal, and a store that is gone is told within minutes. Its own defaults would
 * wait for a silent store 20 x 7 times 200 s. docs/s3.md says why each is as it is.
 */
public final class S3aDefaults {
    private static final String SHIPPED = "core-default.xml";

    private static final Map<String, String> DEFAULTS = new LinkedHashMap<>();

    static {
        // Silence in the middle of an answer, in milliseconds. S3 answers within a second; a store on disks may take
        // several.
        DEFAULTS.put("fs.s3a.connection.timeout", "15000");
        DEFAULTS.put("fs.s3a.connection.establish.timeout", "5000");
        // The SDK's retries are multiplied by S3A's below; one is left for the few calls that S3A does not repeat.
        DEFAULTS.put("fs.s3a.attempts.maximum", "1");
        // After 1, 2 and 4 s, each half as long to half as long again.
        DEFAULTS.put("fs.s3a.retry.limit", "3");
        DEFAULTS.put("fs.s3a.retry.interval", "1000ms");
        // 503 SlowDown lasts while S3 divides a busy prefix: about a minute of patience, doubling from half a second.
        DEFAULTS.put("fs.s3a.retry.throttle.limit", "7");
        DEFAULTS.put("fs.s3a.retry.throttle.interval", "500ms");
        // A task has two at a time at most; Delta's writers and parallel listings share the pool, and waiting for it
        // counts as a fault.
        DEFAULTS.put("fs.s3a.connection.maximum", "200");
        // Deleting the markers above every new picture would cost a bulk delete each, whose keys count against the
        // store's limits.
        DEFAULTS.put("fs.s3a.directory.marker.retention", "keep");
    }

    private S3aDefaults() {}

    /** Sets what the user has not: core-site.xml, {@code spark.hadoop.…} and settings of a bucket win. */
    public static void apply(Configuration configuration) {
        DEFAULTS.forEach((key, value) -> {
            String[] sources = configuration.getPropertySources(key);
            if (sources == null || sources.length == 0 || sources[sources.length - 1].endsWith(SHIPPED)) {
                configuration.set(key, value, "Toonlake");
            }
        });
    }
}
