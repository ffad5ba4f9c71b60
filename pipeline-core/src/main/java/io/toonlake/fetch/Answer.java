package io.toonlake.fetch;

import java.time.Duration;
import java.util.Optional;

/** What came of asking for an image. Messages read on after {@code Cannot fetch <url>: }. */
public sealed interface Answer {
    /** @param bytes all of it, at least one, checked for nothing but what the server said of it */
    record Image(byte[] bytes) implements Answer {}

    /** A redirect; the target is to be asked for, with all checks. */
    record Moved(ImageUrl to) implements Answer {}

    /** No image, for a reason. */
    sealed interface Without extends Answer {
        FetchReason reason();

        String message();
    }

    /** Asking again would bring the same. */
    record Refused(FetchReason reason, String message) implements Without {}

    /**
     * Another moment may mend it.
     *
     * @param retryAfter how long to wait at least, where the server asks for it
     */
    record Failed(FetchReason reason, String message, Optional<Duration> retryAfter) implements Without {
        Failed(FetchReason reason, String message) {
            this(reason, message, Optional.empty());
        }
    }

    /** Of an image that nobody asks for in this run. */
    static Failed notAsked(String host, String why) {
        return new Failed(FetchReason.HOST_FAILING, "not asked for, since " + host + " " + why);
    }
}
