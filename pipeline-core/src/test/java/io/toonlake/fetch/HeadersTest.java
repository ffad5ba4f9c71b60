package io.toonlake.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {
    private static final List<String> OPT_OUT = List.of("noai", "noimageai", "noindex", "noimageindex");
    private static final Instant NOW = Instant.parse("1994-11-06T08:49:07Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "noai|noai",
                "nofollow, NoImageAI|noimageai",
                "none|none",
                "toonlake: noindex|noindex",
                "*: noai|noai",
                "toonlake: nofollow, noai|noai",
                "googlebot: nofollow, toonlake: noai|noai",
                "unavailable_after: 25 Jun 2010 15:00:00 PST, noai|noai",
                "max-image-preview:large, noimageindex|noimageindex"
            })
    void whoOptsOutIsHeard(String header, String directive) {
        assertThat(RobotsTag.optOut(List.of("all", header), OPT_OUT)).hasValue(directive);
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "nofollow", "googlebot: noindex", "otherbot: noarchive, noai", "", "noaim"})
    void othersAreNotTakenForIt(String header) {
        assertThat(RobotsTag.optOut(List.of(header), OPT_OUT)).isEmpty();
    }

    @Test
    void nothingIsHeededWhereNothingIsToBe() {
        assertThat(RobotsTag.optOut(List.of("noai, noindex"), List.of())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "120|120",
                " 0 |0",
                "Sun, 06 Nov 1994 08:49:37 GMT|30",
                "Sun, 06 Nov 1994 08:00:00 GMT|0",
                "99999999999999999999|999999999"
            })
    void retryAfterIsSecondsOrADate(String header, long seconds) {
        assertThat(RetryAfter.parse(header, NOW)).hasValue(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-5", "1.5", "Sunday, 06-Nov-94 08:49:37 GMT"})
    void whatIsNeitherSaysNothing(String header) {
        assertThat(RetryAfter.parse(header, NOW)).isEmpty();
        assertThat(RetryAfter.parse(null, NOW)).isEmpty();
    }

    @Test
    void backOffDoublesUpToItsLongestAndIsHalfChance() {
        BackOff backOff = new BackOff(Duration.ofSeconds(1), Duration.ofSeconds(10));
        SplittableRandom random = new SplittableRandom(1);
        long[] most = {1000, 2000, 4000, 8000, 10_000, 10_000};
        for (int failures = 1; failures <= most.length; failures++) {
            int count = failures;
            List<Long> drawn = Stream.generate(
                            () -> backOff.after(count, random).toMillis())
                    .limit(200)
                    .toList();
            assertThat(drawn).allMatch(wait -> wait >= most[count - 1] / 2 && wait <= most[count - 1]);
            assertThat(drawn.stream().distinct().count()).isGreaterThan(50);
        }
        assertThat(backOff.after(1_000_000, random)).isLessThanOrEqualTo(Duration.ofSeconds(10));
    }
}
