package io.toonlake.flickr;

import java.util.Locale;

/**
 * A line that is no record.
 *
 * @param reason which of its columns is wrong
 * @param message what is wrong with it, for people
 */
public record BrokenLine(Reason reason, String message) implements PhotoLine {

    /** What is wrong with a line, in the order in which it is looked at; the first one counts. */
    public enum Reason {
        /** Of YFCC100M: it has neither 23 columns nor 25 with a line number first. Of Flickr's search: it is no JSON object. */
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
        /** Name and URL of the licence are not known, or do not agree; or its id is none that is known, or means something else by now. */
        UNKNOWN_LICENCE,
        /** The marker is neither 0 (photo) nor 1 (video). */
        BAD_MARKER,
        /** Flickr's search gives no URL of any of the sizes that are wanted. */
        NO_URL,
        /** No photo, but more of them uploaded within a second than Flickr's search gives. */
        TOO_DENSE;

        /** The reason as tables and summaries spell it, e.g. {@code bad-date}. */
        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
