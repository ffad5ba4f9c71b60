package io.toonlake.flickr;

/** A key of Flickr's API. It is shown nowhere. */
public record ApiKey(String value) {
    private static final String INSTEAD = "***";

    /** A text of others, in which they may have repeated what they were sent. */
    String masked(String text) {
        return text.replace(value, INSTEAD);
    }

    @Override
    public String toString() {
        return INSTEAD;
    }
}
