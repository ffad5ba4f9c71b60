package io.toonlake.job;

/** A stage of the demo ended with an exit code of its own, which becomes the demo's. */
final class StageFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    StageFailedException(String message, ExitCode code) {
        super(message);
        this.code = code;
    }

    ExitCode code() {
        return code;
    }
}
