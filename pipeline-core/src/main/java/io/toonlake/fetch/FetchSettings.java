package io.toonlake.fetch;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * How servers are asked.
 *
 * @param userAgent who asks, and whom to write to about it
 * @param requestsPerSecond of one host, by the whole run; 0 for no limit
 * @param connectionsPerHost requests to one host at a time, by the whole run; at least 1
 * @param threads requests of one {@link Lanes} at a time, to all hosts; at least 1
 * @param connectTimeout to an address, and of a TLS handshake
 * @param readTimeout between two bytes
 * @param totalTimeout of one request, from the name's look-up to the image's last byte
 * @param attempts at one image, at least 1
 * @param backOff between two attempts
 * @param maxWait the longest {@code Retry-After} that is waited for
 * @param maxFailures failed requests in a row after which a lane asks its host no more, whatever others do; at least 1
 * @param maxBytes of an image
 * @param optOutDirectives of {@code X-Robots-Tag}, in lower case, that forbid our use
 * @param placeholders sha256, in lower-case hexadecimal, of pictures that stand for photos that were taken down
 * @param allowLoopback whether a server may be on this machine: for tests
 */
public record FetchSettings(
        String userAgent,
        double requestsPerSecond,
        int connectionsPerHost,
        int threads,
        Duration connectTimeout,
        Duration readTimeout,
        Duration totalTimeout,
        int attempts,
        BackOff backOff,
        Duration maxWait,
        int maxFailures,
        long maxBytes,
        List<String> optOutDirectives,
        List<String> placeholders,
        boolean allowLoopback)
        implements Serializable {
    public FetchSettings {
        optOutDirectives = List.copyOf(optOutDirectives);
        placeholders = List.copyOf(placeholders);
    }

    /** The same with another user agent. */
    public FetchSettings as(String asker) {
        return new FetchSettings(
                asker,
                requestsPerSecond,
                connectionsPerHost,
                threads,
                connectTimeout,
                readTimeout,
                totalTimeout,
                attempts,
                backOff,
                maxWait,
                maxFailures,
                maxBytes,
                optOutDirectives,
                placeholders,
                allowLoopback);
    }
}
