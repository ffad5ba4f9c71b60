package io.toonlake.fetch;

import java.net.UnknownHostException;

/** A host that has an address which may not be connected to. The message names both. */
final class RefusedAddressException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    RefusedAddressException(String message) {
        super(message);
    }
}
