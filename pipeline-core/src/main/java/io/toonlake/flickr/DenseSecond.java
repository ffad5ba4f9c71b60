package io.toonlake.flickr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.toonlake.flickr.BrokenLine.Reason;
import java.time.Instant;

/**
 * A second in which more photos were uploaded than a search gives, and that cannot be split. It stands among the lines of its photos, so that what is missing
 * is counted and not lost in silence.
 *
 * @param second since 1970
 * @param told how many photos Flickr tells of
 * @param given how many of them it gave
 */
record DenseSecond(long second, long told, long given) {
    private static final String NAME = "dense_second";
    /** Of the year 5138. */
    private static final long LAST = 99_999_999_999L;

    String line() {
        return JsonNodeFactory.instance
                .objectNode()
                .put(NAME, second)
                .put("told", told)
                .put("given", given)
                .toString();
    }

    /** Null for a photo. */
    static BrokenLine read(JsonNode line) {
        long second = line.path(NAME).asLong(-1);
        if (second < 0 || second > LAST) {
            return null;
        }
        return new BrokenLine(
                Reason.TOO_DENSE,
                String.format(
                        "Flickr tells of %,d photos uploaded at %s, and gives %,d of them (ask for less at a time: fewer licences, or other tags)",
                        line.path("told").asLong(),
                        Instant.ofEpochSecond(second),
                        line.path("given").asLong()));
    }
}
