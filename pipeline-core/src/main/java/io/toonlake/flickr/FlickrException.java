package io.toonlake.flickr;

/** Flickr's API has not done what it was asked. The message, which reads on after a colon, says what it said instead; it never has the key. */
public final class FlickrException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whose it is to mend. */
    public enum Kind {
        /** The key is none, or none any more. */
        KEY,
        /** What was asked for makes no sense to Flickr. */
        REFUSED,
        /** The service did not answer, or not so that it could be understood, in all attempts. */
        UNAVAILABLE
    }

    private static final int NO_CODE = -1;

    private final Kind kind;
    private final int code;

    FlickrException(Kind kind, String message) {
        this(kind, message, NO_CODE);
    }

    FlickrException(Kind kind, String message, int code) {
        super(message);
        this.kind = kind;
        this.code = code;
    }

    public Kind kind() {
        return kind;
    }

    /** Flickr's own for it, where it gave one; what it means depends on the method. */
    int code() {
        return code;
    }
}
