package io.toonlake.job;

/** A job did what it could, and something that was to go is there still. The message says what, and the way out; exit code 5. */
final class IncompleteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient JobResult result;

    IncompleteException(String message, JobResult result) {
        super(message);
        this.result = result;
    }

    /** What was done. */
    JobResult result() {
        return result;
    }
}
