package io.toonlake.job;

import io.toonlake.storage.UnreachableException;

/** A store went away before a job's work was done; exit code 4. */
final class CutShortException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient JobResult result;

    CutShortException(UnreachableException store, JobResult result) {
        super(store.getMessage(), store);
        this.result = result;
    }

    /** What was done. */
    JobResult result() {
        return result;
    }
}
