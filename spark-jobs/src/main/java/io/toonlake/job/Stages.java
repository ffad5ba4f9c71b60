package io.toonlake.job;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stopwatch for the parts of a run, one after the other; a part may come again, and its times are added up. Their beginnings are logged, so that
 * who watches a run knows what it is at. For the driver's thread.
 */
final class Stages {
    private static final Logger LOG = LoggerFactory.getLogger(Stages.class);

    private final Map<String, Double> seconds = new LinkedHashMap<>();
    private String current;
    private long since = System.nanoTime();

    /** A run begins with this part. */
    Stages(String first) {
        current = first;
        LOG.debug("stage: {}", first);
    }

    /** Ends the part that was on, and begins another. */
    void begin(String next) {
        addUp();
        current = next;
        LOG.debug("stage: {}", next);
    }

    private void addUp() {
        long now = System.nanoTime();
        seconds.merge(current, (now - since) / 1e9, Double::sum);
        since = now;
    }

    /** Seconds by part, in the order of their beginnings, the one that is on included. */
    Map<String, Double> seconds() {
        addUp();
        return new LinkedHashMap<>(seconds);
    }
}
