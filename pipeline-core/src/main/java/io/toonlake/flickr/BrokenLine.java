package io.toonlake.flickr;

import java.util.Locale;

/**
 * A line that is no record.
 *
 * @param reason which of its columns is wrong
 * @param message what is wrong with it, for people
 */
public record BrokenLine(Reason reason, String message) implements YfccLine {

    /** What is wrong with a line, in the order in which it is looked at; the first one counts. */
    public enum Reason {
        /** It has neither 23 columns nor 25 with a line number first. */
        BAD_LAYOUT,
        /** The photo's id is no number. */
        BAD_ID,
        /** The hash is not 32 hexadecimal digits. */
        BAD_HASH,
        /** The owner's id is not of the kind {@code 30302697@N00}. */
        BAD_OWNER,
        /** A text is not URL-encoded: a % without two hexadecimal digits behind it. */
        BAD_ENCODING,
        /** A date is none. */
        BAD_DATE,
        /** Longitude and latitude are not on Earth, one is without the other, or the accuracy is not 0 to 16. */
        BAD_PLACE,
        /** Page or source is no URL. */
        BAD_URL,
        /** Name and URL of the licence are not known, or do not agree. */
        UNKNOWN_LICENCE,
        /** The marker is neither 0 (photo) nor 1 (video). */
        BAD_MARKER;

        /** The reason as tables and summaries spell it, e.g. {@code bad-date}. */
        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
