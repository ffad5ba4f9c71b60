package io.toonlake.stylize;

/** A GPU did not make what it was asked for. The message names the GPU and what ONNX Runtime says. */
public final class GpuFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean tooLarge;

    GpuFailedException(String message, Throwable cause, boolean tooLarge) {
        super(message, cause);
        this.tooLarge = tooLarge;
    }

    /** Whether it may still make smaller pictures. */
    public boolean isTooLarge() {
        return tooLarge;
    }

    GpuFailedException withTooLarge(boolean itIs) {
        return itIs == tooLarge ? this : new GpuFailedException(getMessage(), this, itIs);
    }
}
