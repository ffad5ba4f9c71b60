package io.toonlake.fetch;

import java.util.Optional;

/**
 * What the lanes of a host have learnt of it, for those that run beside each other. A wait that a host asks for is meant for all of them, and so is one that is
 * longer than anybody waits. Thread-safe.
 */
final class HostState {
    private String leftAlone;
    private boolean waits;
    private long until;

    /** Nobody asks the host before then, by the lanes' clock. */
    synchronized void waitUntil(long time) {
        if (!waits || time - until > 0) {
            until = time;
        }
        waits = true;
    }

    /** Nanoseconds until it may be asked; zero or less where it may. */
    synchronized long dueIn(long now) {
        return waits ? until - now : 0;
    }

    /** Nobody asks the host any more. */
    synchronized void leaveAlone(String why) {
        if (leftAlone == null) {
            leftAlone = why;
        }
    }

    /** Why nobody asks it any more; empty while it is asked. */
    synchronized Optional<String> leftAlone() {
        return Optional.ofNullable(leftAlone);
    }
}
