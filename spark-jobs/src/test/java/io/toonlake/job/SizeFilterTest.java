package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.image.DecodeLimits;
import io.toonlake.image.RefusalReason;
import org.junit.jupiter.api.Test;

class SizeFilterTest {
    private static final DecodeLimits LIMITS = new DecodeLimits(1 << 20, 10_000_000, 64);

    @Test
    void narrowerBoundsArePassedOverAndTheSettingsOwnRefuse() {
        SizeFilter filter = new SizeFilter(100, 2_000_000);

        assertThat(filter.within(LIMITS)).isEqualTo(new DecodeLimits(1 << 20, 2_000_000, 100, 10_000_000));
        assertThat(filter.passesOver(RefusalReason.TOO_SMALL, LIMITS)).isTrue();
        assertThat(filter.passesOver(RefusalReason.TOO_MANY_PIXELS, LIMITS)).isTrue();
        assertThat(filter.passesOver(RefusalReason.CORRUPT, LIMITS)).isFalse();
    }

    @Test
    void widerBoundsChangeNothing() {
        SizeFilter filter = new SizeFilter(0, Long.MAX_VALUE);

        assertThat(filter.within(LIMITS)).isEqualTo(LIMITS);
        assertThat(filter.passesOver(RefusalReason.TOO_SMALL, LIMITS)).isFalse();
        assertThat(filter.passesOver(RefusalReason.TOO_MANY_PIXELS, LIMITS)).isFalse();
    }
}
