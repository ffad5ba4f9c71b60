package io.toonlake.fetch;

import java.io.InterruptedIOException;

/** A request that was cut off because it took too long as a whole. */
final class OverdueException extends InterruptedIOException {
    private static final long serialVersionUID = 1L;

    OverdueException(String message, Throwable cause) {
        super(message);
        initCause(cause);
    }
}
