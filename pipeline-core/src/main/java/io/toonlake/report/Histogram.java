package io.toonlake.report;

import java.util.List;

/**
 * How many there are of what.
 *
 * @param title what is counted, such as {@code Shorter side, in pixels}
 * @param bars in the order in which they are shown
 */
public record Histogram(String title, List<Bar> bars) {
    public Histogram {
        bars = List.copyOf(bars);
    }

    /** One bar. */
    public record Bar(String label, long count) {}

    long all() {
        return bars.stream().mapToLong(Bar::count).sum();
    }
}
