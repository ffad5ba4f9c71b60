package io.toonlake.model;

import java.io.IOException;

/**
 * Bytes that were read but are no model or no tensors: damaged, of another version, or of other shapes. Where the store
 * itself fails, a plain {@link IOException} is thrown instead, so that callers can tell a wrong model from an absent one.
 */
public final class ModelFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    public ModelFormatException(String message) {
        super(message);
    }

    public ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
