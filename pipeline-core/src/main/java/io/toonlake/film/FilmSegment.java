package io.toonlake.film;

import java.io.Serializable;

/**
 * A stretch of a film that is decoded by itself.
 *
 * @param start the key frame that it begins with; null for the film's beginning, where there may be frames before the first key frame
 * @param until the presentation time stamp before which it ends; {@link Long#MAX_VALUE} for the film's end
 */
public record FilmSegment(KeyFrame start, long until) implements Serializable {
    /** The presentation time stamp at which it begins. */
    long from() {
        return start == null ? Long.MIN_VALUE : start.timestamp();
    }
}
