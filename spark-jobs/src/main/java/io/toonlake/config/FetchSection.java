package io.toonlake.config;

import io.toonlake.fetch.BackOff;
import io.toonlake.fetch.FetchSettings;
import java.io.Serializable;
import java.time.Duration;
import java.util.function.Function;

/**
 * Settings of {@code ingest --fetch}.
 *
 * @param contact an e-mail address or a page; empty where nobody was named
 * @param leaseSeconds how long a run that shows no sign of life still holds its folder
 * @param asking how servers are asked
 */
public record FetchSection(String contact, int leaseSeconds, FetchSettings asking) implements Serializable {
    private static final int HOUR = 3600;
    private static final double NANOS = 1e9;

    static FetchSection read(SettingsReader reader, long maxBytes) {
        String contact = reader.text(
                "ingest.fetch.contact",
                "(https?://[^\\s()]+|[^\\s()@]+@[^\\s()@]+)?",
                "an e-mail address or the URL of a page");
        Function<String, Duration> seconds =
                key -> Duration.ofNanos((long) (NANOS * reader.doubleBetween("ingest.fetch." + key, 0.01, 24 * HOUR)));
        Duration longest = seconds.apply("max-wait-seconds");
        return new FetchSection(
                contact,
                reader.intBetween("ingest.fetch.lease-seconds", 2, 24 * HOUR),
                new FetchSettings(
                        "toonlake",
                        reader.doubleBetween("ingest.fetch.max-requests-per-second-per-host", 0, 10_000),
                        reader.intBetween("ingest.fetch.max-connections-per-host", 1, 1_000),
                        reader.intBetween("ingest.fetch.threads-per-task", 1, 1_000),
                        seconds.apply("connect-timeout-seconds"),
                        seconds.apply("read-timeout-seconds"),
                        seconds.apply("total-timeout-seconds"),
                        reader.intBetween("ingest.fetch.attempts", 1, 100),
                        new BackOff(seconds.apply("back-off-seconds"), longest),
                        longest,
                        reader.intBetween("ingest.fetch.give-up-after", 1, 1_000_000),
                        maxBytes,
                        reader.texts("ingest.fetch.opt-out", "[a-z0-9_-]+", "directives in lower case, such as noai"),
                        reader.texts("ingest.fetch.placeholders", "[0-9a-f]{64}", "sha256 in lower-case hexadecimal"),
                        reader.flag("ingest.fetch.allow-loopback")));
    }

    /** How servers are asked by a release of Toonlake, which says who it is and whom to write to. */
    public FetchSettings asking(String version) {
        return asking.as("toonlake/" + version + " (+" + contact + ")");
    }
}
