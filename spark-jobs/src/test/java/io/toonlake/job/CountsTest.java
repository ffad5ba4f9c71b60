package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CountsTest {

    @Test
    void whatWasReadIsAccountedFor() {
        Counts counts = new Counts(90, 5, Map.of("truncated", 3L, "empty", 2L));

        assertThat(counts.read()).isEqualTo(100);
        assertThat(counts).hasToString("100 read = 90 done + 5 unchanged + 5 quarantined (empty 2, truncated 3)");
    }

    @Test
    void whatWasPrunedWasNotRead() {
        Counts counts = new Counts(1, 0, Map.of(), 0, 2);

        assertThat(counts.read()).isEqualTo(1);
        assertThat(counts).hasToString("1 read = 1 done + 0 unchanged + 0 quarantined; 2 pruned");
    }

    @Test
    void whatWasFilteredIsSplitByFilter() {
        Counts counts = new Counts(1, 0, Map.of("empty", 2L), 5, 0, Map.of("video", 2L, "licence", 3L));

        assertThat(counts.read()).isEqualTo(8);
        assertThat(counts)
                .hasToString(
                        "8 read = 1 done + 0 unchanged + 2 quarantined + 5 filtered (empty 2; filtered by licence 3, video 2)");
        assertThatThrownBy(() -> new Counts(1, 0, Map.of(), 5, 0, Map.of("video", 4L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("{video=4} is not 5 in all");
    }

    @Test
    void theBudgetIsAShareOfWhatWasRead() {
        Counts counts = new Counts(90, 5, Map.of("truncated", 5L));

        assertThat(counts.exceeds(0.05, 0)).isFalse();
        assertThat(counts.exceeds(0.0499, 0)).isTrue();
        assertThat(counts.exceeds(0.0499, 4)).isTrue();
        assertThat(counts.exceeds(0.0499, 5)).isFalse();
        assertThat(Counts.of(0, 0).exceeds(0, 0)).isFalse();
    }

    @Test
    void whatIsNoNewsIsNoPartOfTheShare() {
        Counts counts =
                new Counts(506, 1000, Map.of("truncated", 10L, "empty", 2L)).with(new Counts.Settled(500, 1000, 10));

        assertThat(counts.news()).isEqualTo(2);
        assertThat(counts.judged()).isEqualTo(8);
        assertThat(counts.exceeds(0.25, 0)).isFalse();
        assertThat(counts.exceeds(0.24, 0)).isTrue();
        assertThat(counts).asString().startsWith("1,518 read = 506 done + 1,000 unchanged + 12 quarantined");
        assertThatThrownBy(() -> counts.with(new Counts.Settled(500, 1000, 13)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("quarantined 12");
    }
}
