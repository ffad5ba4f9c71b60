package io.toonlake.job;

import io.toonlake.storage.HeldException;

/** Another run may have what this one wrote to, the tables among it, before its work was done; exit code 4. */
final class LeaseLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient JobResult result;

    LeaseLostException(HeldException lost, JobResult result) {
        super(lost.getMessage(), lost);
        this.result = result;
    }

    /** What was done. */
    JobResult result() {
        return result;
    }
}
