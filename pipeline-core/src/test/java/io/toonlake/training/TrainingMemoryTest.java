package io.toonlake.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.toonlake.loss.AdversarialLoss;
import io.toonlake.loss.ColorLoss;
import io.toonlake.loss.ContentLoss;
import io.toonlake.loss.TotalVariationLoss;
import io.toonlake.network.DiscriminatorArchitecture;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import io.toonlake.training.TrainingSettings.AdamSettings;
import io.toonlake.training.TrainingSettings.LearningRates;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingMemoryTest {
    /** VGG19's up to conv4_4. */
    private static final long PUBLISHED_FEATURES = 10_585_152;

    /** What docs/memory.md says of these, in MiB; benchmarks/memory.py compares the formula with what was measured. */
    @ParameterizedTest
    @CsvSource({
        "256, 1, transposed, false, 1618",
        "256, 8, transposed, false, 6045",
        "384, 2, transposed, false, 3832",
        "256, 4, resize, false, 3995",
        "256, 2, resize, true, 2641"
    })
    void nativeMemoryIsWhatTheDocumentSays(int pixels, int batch, String upsampling, boolean extended, long mebibytes) {
        TrainingSettings settings = new TrainingSettings(
                new GeneratorArchitecture(64, 8, Padding.ZERO, Upsampling.of(upsampling), 1e-5),
                DiscriminatorArchitecture.published(),
                10,
                ContentLoss.L1,
                ColorLoss.NONE,
                TotalVariationLoss.NONE,
                AdversarialLoss.BCE,
                extended ? 50 : 0,
                true,
                extended,
                new LearningRates(1e-4, 1e-4, 1e-4, LinearDecay.NONE, LinearDecay.NONE),
                AdamSettings.PUBLISHED,
                batch,
                pixels,
                true,
                1);

        assertThat(TrainingMemory.nativeBytes(settings, PUBLISHED_FEATURES) / (double) (1 << 20))
                .isCloseTo(mebibytes, within(1.0));
        assertThat(TrainingMemory.stateBytes(settings)).isEqualTo(12L * (11_129_667 + 1_129_665));
        assertThat(TrainingMemory.heapBytes(settings) >> 20).isEqualTo(1_378);
    }
}
