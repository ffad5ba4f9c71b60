package io.toonlake.job;

/** What was asked for makes no sense. The message names the value and the way out; the job exits with code 2. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
