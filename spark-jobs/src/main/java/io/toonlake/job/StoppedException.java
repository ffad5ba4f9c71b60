package io.toonlake.job;

/** A job ended in good order before its work was done, since it was asked to; exit code 143. */
final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient JobResult result;

    StoppedException(String message, JobResult result) {
        super(message);
        this.result = result;
    }

    /** What was done. */
    JobResult result() {
        return result;
    }
}
