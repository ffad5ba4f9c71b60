package io.toonlake.table;

import io.delta.exceptions.DeltaConcurrentModificationException;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.spark.SparkThrowable;

/**
 * Repeats a write that lost against another run's. Delta refuses a commit whose table another one changed meanwhile in a place it
 * read; nothing of it is in the table then, and on the table as it is now the same write is as good.
 */
final class Commits {
    /** Of the runs that collide one always wins, so this is also how many may write to one place at the same time. */
    private static final int ATTEMPTS = 20;

    private static final int FIRST_PAUSE_MILLIS = 100;
    private static final int LONGEST_PAUSE_MILLIS = 3_000;

    /** What making a table says while another run is making it: the folder is there, its first commit is not. */
    private static final Set<String> BEING_MADE = Set.of(
            "DELTA_CREATE_TABLE_WITH_NON_EMPTY_LOCATION",
            "DELTA_METADATA_CHANGED",
            "DELTA_PROTOCOL_CHANGED",
            "DELTA_TABLE_ALREADY_EXISTS",
            "DELTA_TABLE_NOT_FOUND");

    private Commits() {}

    /** Runs {@code write} until it collides with nobody, which must look at the table anew each time. */
    static void repeated(Runnable write) {
        for (int attempt = 1; ; attempt++) {
            try {
                write.run();
                return;
            } catch (Exception e) { // Scala code throws checked exceptions undeclared.
                if (attempt == ATTEMPTS || !collided(e) || !paused(attempt)) {
                    throw e;
                }
            }
        }
    }

    private static boolean collided(Throwable problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof DeltaConcurrentModificationException) {
                return true;
            }
            if (cause instanceof SparkThrowable said
                    && said.getErrorClass() != null
                    && BEING_MADE.contains(said.getErrorClass())) {
                return true;
            }
        }
        return false;
    }

    /** Random, so that two runs do not collide again in step. False where the run is being stopped. */
    private static boolean paused(int attempt) {
        int longest = Math.min(FIRST_PAUSE_MILLIS << Math.min(attempt, 10), LONGEST_PAUSE_MILLIS);
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(FIRST_PAUSE_MILLIS / 2, longest));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
