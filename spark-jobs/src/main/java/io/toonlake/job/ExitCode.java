package io.toonlake.job;

/** How a job ends. Schedulers read these: they are an interface. */
enum ExitCode {
    DONE(0, "done"),
    BUG(1, "failed"),
    USAGE(2, "refused"),
    OVER_BUDGET(3, "over-budget"),
    UNREACHABLE(4, "unreachable"),
    /** What was asked to go is not all gone. */
    INCOMPLETE(5, "incomplete"),
    /** 128 + 15, as shells and Kubernetes number a process that SIGTERM has ended. */
    STOPPED(143, "stopped");

    private final int code;
    private final String outcome;

    ExitCode(int code, String outcome) {
        this.code = code;
        this.outcome = outcome;
    }

    static ExitCode of(int code) {
        for (ExitCode candidate : values()) {
            if (candidate.code == code) {
                return candidate;
            }
        }
        return BUG;
    }

    int code() {
        return code;
    }

    /** The word in summaries and in table {@code runs}. */
    String outcome() {
        return outcome;
    }
}
