package io.toonlake.job;

import io.toonlake.storage.UnreachableException;

/** A job could not go on before its work was done, and has something to show all the same. */
final class CutShortException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;
    private final transient JobResult result;

    /** By a store that went away. */
    CutShortException(UnreachableException store, JobResult result) {
        this(ExitCode.UNREACHABLE, store, result);
    }

    /** By photos that Spark could not get done. */
    CutShortException(FailedTaskException task, JobResult result) {
        this(ExitCode.BUG, task, result);
    }

    private CutShortException(ExitCode code, RuntimeException cause, JobResult result) {
        super(cause.getMessage(), cause);
        this.code = code;
        this.result = result;
    }

    ExitCode code() {
        return code;
    }

    /** What was done. */
    JobResult result() {
        return result;
    }
}
