package io.toonlake.storage;

/** A store, folder or model that was named cannot be reached. The message names it and the way out; jobs exit with code 4. */
public final class UnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnreachableException(String message, Throwable cause) {
        super(message, cause);
    }

    public UnreachableException(String message) {
        super(message);
    }
}
