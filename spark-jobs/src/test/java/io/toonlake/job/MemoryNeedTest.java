package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.config.Settings;
import io.toonlake.training.TrainingSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryNeedTest {
    private static final long GIB = 1L << 30;
    private static final TrainingSettings DEFAULTS =
            Settings.load(List.of(), List.of()).train().training();

    private static MemoryNeed need(int workers, long allowed) {
        return new MemoryNeed(DEFAULTS, workers, 5 * GIB, GIB, allowed);
    }

    @Test
    void whatFitsIsNotTalkedAbout() {
        assertThat(need(2, 11 * GIB).warning()).isEmpty();
        assertThat(need(2, 0).warning()).as("nothing bounds it").isEmpty();
    }

    @Test
    void whatMayNotFitIsToldBeforeItBegins() {
        assertThat(need(2, 11 * GIB - 1))
                .extracting(one -> one.warning().orElseThrow())
                .asString()
                .isEqualTo(
                        "train: memory may not suffice: 2 workers at once with batches of 8 crops of 256 pixels may take 11.0 GiB, and this process "
                                + "11.0. If it ends for that: let workers take turns with --master local[1], set train.batch-size lower, or "
                                + "TOONLAKE_MEMORY higher where the machine has more");
        assertThat(need(1, 5 * GIB).warning().orElseThrow())
                .contains("a worker with batches of 8")
                .doesNotContain("turns");
    }
}
