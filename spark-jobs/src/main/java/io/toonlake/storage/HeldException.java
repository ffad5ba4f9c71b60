package io.toonlake.storage;

/** Another run has what this one wants to write to. The message says which; jobs exit with code 4, and where it is the tables that are another's, leave no trace in them. */
public final class HeldException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public HeldException(String message) {
        super(message);
    }
}
