package io.toonlake.film;

import java.util.Objects;

/** A film that gives no frames, and why. The message reads on after {@code Cannot read <path>: }. */
public final class FilmRefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final FilmReason reason;

    public FilmRefusedException(FilmReason reason, String message) {
        super(message);
        this.reason = Objects.requireNonNull(reason);
    }

    /** The kind of refusal, for counting. */
    public FilmReason reason() {
        return reason;
    }
}
