package io.toonlake.storage;

import java.io.IOException;

/** A file gave another number of bytes than its listing promised: cut short on the way, or changed since. */
final class IncompleteReadException extends IOException {
    private static final long serialVersionUID = 1L;

    IncompleteReadException(long bytes, long listedBytes) {
        super(
                "gave %,d bytes, its listing says %,d: it has changed since, or was cut short on the way; it is tried again by the next run"
                        .formatted(bytes, listedBytes));
    }
}
