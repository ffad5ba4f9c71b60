package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.config.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainingIdentityTest {
    private static Map<String, String> deciding(String... settings) {
        return TrainingIdentity.deciding(Settings.load(List.of(), List.of(settings)));
    }

    @Test
    void whatChangesStepsDecides() {
        assertThat(deciding())
                .containsEntry("train.content.weight", "10")
                .containsEntry("train.workers", "2")
                .isNotEqualTo(deciding("train.content.weight=11"))
                .isEqualTo(
                        deciding("train.checkpoints-kept=7", "train.sample-pictures.count=9", "stylize.format=webp"));
    }

    @Test
    void adversarialRoundsDecideOnlyWhereRatesFallTowardsTheirEnd() {
        String falling = "train.learning-rate.adversarial-decay-from=0.5";

        assertThat(deciding("train.adversarial-rounds=7")).isEqualTo(deciding("train.adversarial-rounds=8"));
        assertThat(deciding(falling, "train.adversarial-rounds=7"))
                .isNotEqualTo(deciding(falling, "train.adversarial-rounds=8"));
    }

    /** So that what was begun before there was a colour loss can be resumed. */
    @Test
    void colorLossDecidesOnlyWhereItTakesPart() {
        assertThat(deciding("train.color.sigma-pixels=9"))
                .isEqualTo(deciding())
                .doesNotContainKey("train.color.weight");
        assertThat(deciding("train.color.weight=1"))
                .containsEntry("train.color.weight", "1")
                .isNotEqualTo(deciding("train.color.weight=1", "train.color.sigma-pixels=9"));
    }

    @Test
    void totalVariationLossDecidesOnlyWhereItTakesPart() {
        assertThat(deciding("train.total-variation.limit=0.1"))
                .isEqualTo(deciding())
                .doesNotContainKey("train.total-variation.weight");
        assertThat(deciding("train.total-variation.weight=1"))
                .containsEntry("train.total-variation.weight", "1")
                .isNotEqualTo(deciding("train.total-variation.weight=1", "train.total-variation.limit=0.1"));
    }
}
