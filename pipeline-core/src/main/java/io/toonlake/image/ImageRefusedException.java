package io.toonlake.image;

import java.util.Objects;

/**
 * A file that is not decoded, and why. The message says what is wrong and where, without the file's name: it reads on
 * after {@code Cannot decode <path>: }.
 */
public final class ImageRefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final RefusalReason reason;

    public ImageRefusedException(RefusalReason reason, String message) {
        super(message);
        this.reason = Objects.requireNonNull(reason);
    }

    public ImageRefusedException(RefusalReason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason);
    }

    /** The kind of refusal, for counting. */
    public RefusalReason reason() {
        return reason;
    }
}
