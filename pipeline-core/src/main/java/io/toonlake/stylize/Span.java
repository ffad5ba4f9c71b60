package io.toonlake.stylize;

import java.util.ArrayList;
import java.util.List;

/** Rows or columns of a map, from (inclusive) to (exclusive). */
record Span(int from, int to) {
    int length() {
        return to - from;
    }

    /** The part of it that a map of that length has. */
    Span within(int length) {
        return new Span(Math.max(0, from), Math.min(length, to));
    }

    /** The same in a map enlarged twice. */
    Span doubled() {
        return new Span(2 * from, 2 * to);
    }

    /** All that it is part of in the map half as large. */
    Span halved() {
        return new Span(from >> 1, (to + 1) >> 1);
    }

    /** A length cut into as few parts as keep to {@code most}, of nearly equal length. */
    static List<Span> cut(int length, int most) {
        int parts = (length + most - 1) / most;
        List<Span> spans = new ArrayList<>(parts);
        for (int i = 0; i < parts; i++) {
            spans.add(new Span((int) ((long) length * i / parts), (int) ((long) length * (i + 1) / parts)));
        }
        return spans;
    }
}
