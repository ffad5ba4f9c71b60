package io.toonlake.training;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Where each named part of a training state lies in its flat array.
 *
 * @param segments in order, without gaps
 */
public record StateLayout(List<Segment> segments) implements Serializable {
    /**
     * One part.
     *
     * @param name e.g. {@code generator}, {@code generator.adam}
     * @param offset index of its first value
     * @param length number of values
     */
    public record Segment(String name, int offset, int length) implements Serializable {}

    public StateLayout {
        segments = List.copyOf(segments);
        Set<String> names = new HashSet<>();
        int offset = 0;
        for (Segment segment : segments) {
            if (segment.offset() != offset || !names.add(segment.name())) {
                throw new IllegalArgumentException("Invalid state layout: %s".formatted(segments));
            }
            offset += segment.length();
        }
    }

    /** Number of values in all. */
    public int length() {
        return segments.stream().mapToInt(Segment::length).sum();
    }

    /**
     * The part of that name.
     *
     * @throws NoSuchElementException if there is none
     */
    public Segment segment(String name) {
        return segments.stream()
                .filter(segment -> segment.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException(
                        "No segment %s in the training state (there are %s)".formatted(name, segments)));
    }
}
