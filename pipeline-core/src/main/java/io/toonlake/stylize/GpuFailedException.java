package io.toonlake.stylize;

/** A GPU did not make what it was asked for. The message names the GPU and what ONNX Runtime says. */
public final class GpuFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final boolean tooLarge;

    /**
     * @param what failed
     * @param reason that ONNX Runtime gives, in one line
     */
    GpuFailedException(String what, Processor gpu, String reason, Throwable cause, boolean tooLarge) {
        this(what + " on " + gpu + ": " + reason, reason, cause, tooLarge);
    }

    private GpuFailedException(String message, String reason, Throwable cause, boolean tooLarge) {
        super(message, cause);
        this.reason = reason;
        this.tooLarge = tooLarge;
    }

    /** The same for all pictures, unlike the message. */
    public String reason() {
        return reason;
    }

    /** Whether it may still make smaller pictures. */
    public boolean isTooLarge() {
        return tooLarge;
    }

    GpuFailedException withTooLarge(boolean itIs) {
        return itIs == tooLarge ? this : new GpuFailedException(getMessage(), reason, this, itIs);
    }
}
