package io.toonlake.fetch;

import java.time.Duration;
import java.util.List;

/** Settings that ask this machine, without limits of rate and with short times. */
final class FetchSettingsFixture {
    static final Duration TOTAL = Duration.ofMillis(1500);

    private FetchSettingsFixture() {}

    static FetchSettings settings(double requestsPerSecond, int connections, int attempts, int maxFailures) {
        return new FetchSettings(
                "toonlake/test (+you@example.org)",
                requestsPerSecond,
                connections,
                16,
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                TOTAL,
                attempts,
                new BackOff(Duration.ofMillis(100), Duration.ofSeconds(1)),
                Duration.ofSeconds(60),
                maxFailures,
                10_000,
                List.of("noai", "noimageai", "noindex", "noimageindex"),
                // sha256 of "placeholder".
                List.of("4097889236a2af26c293033feb964c4cf118c0224e0d063fec0a89e9d0569ef2"),
                true);
    }

    static FetchSettings settings() {
        return settings(0, 4, 3, 100);
    }
}
