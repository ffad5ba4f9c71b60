package io.toonlake.report;

import java.util.List;

/**
 * Pictures of one thing, side by side: a photo and what models made of it.
 *
 * @param caption what they show, e.g. the photo's path
 * @param views two or more, in the order in which they are shown; two of them can also be laid over each other
 */
public record Comparison(String caption, List<View> views) {

    public Comparison {
        views = List.copyOf(views);
        if (views.size() < 2) {
            throw new IllegalArgumentException(
                    "Invalid number of pictures of %s to compare: %d (must be >= 2)".formatted(caption, views.size()));
        }
    }

    /** The common case: what was, and what came of it. */
    public static Comparison of(String caption, String beforeLabel, Picture before, String afterLabel, Picture after) {
        return new Comparison(caption, List.of(new View(beforeLabel, before), new View(afterLabel, after)));
    }

    /** @param label e.g. {@code photo}, or the model's name */
    public record View(String label, Picture picture) {}
}
