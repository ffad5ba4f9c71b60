package io.toonlake.job;

import java.util.LinkedHashMap;
import java.util.Map;

/** A stopwatch for the parts of a run, one after the other; a part may come again, and its times are added up. For the driver's thread. */
final class Stages {
    private final Map<String, Double> seconds = new LinkedHashMap<>();
    private String current;
    private long since = System.nanoTime();

    /** A run begins with this part. */
    Stages(String first) {
        current = first;
    }

    /** Ends the part that was on, and begins another. */
    void begin(String next) {
        long now = System.nanoTime();
        seconds.merge(current, (now - since) / 1e9, Double::sum);
        current = next;
        since = now;
    }

    /** Seconds by part, in the order of their beginnings, the one that is on included. */
    Map<String, Double> seconds() {
        begin(current);
        return new LinkedHashMap<>(seconds);
    }
}
