package io.toonlake.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.loss.AdversarialLoss;
import io.toonlake.training.CollapseDetector.Collapse;
import io.toonlake.training.CollapseDetector.Sign;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollapseDetectorTest {
    private static final CollapseDetector.Settings SETTINGS = new CollapseDetector.Settings(5, 1.5, 0.6);

    /** The defaults of the settings. */
    private static final CollapseDetector.Settings DEFAULTS = new CollapseDetector.Settings(10, 1.4, 0.7);

    private static final List<String> NAMES = List.of(
            "phase",
            "step",
            "content",
            "generator_adversarial",
            "discriminator_real",
            "discriminator_edge",
            "discriminator_fake");

    private final SplittableRandom random = new SplittableRandom(1);
    private final CollapseDetector detector = new CollapseDetector(SETTINGS, AdversarialLoss.BCE, true);

    /** Initialization down to a content loss of 1.2. */
    private void initialize() {
        for (int round = 0; round < 20; round++) {
            assertThat(detector.after(Phase.INITIALIZATION, Map.of("content", 2 - 0.04 * round + noise())))
                    .isEmpty();
        }
    }

    private double noise() {
        return random.nextDouble(-0.1, 0.1);
    }

    private Optional<Collapse> round(double content, double discriminator) {
        return detector.after(
                Phase.ADVERSARIAL,
                Map.of(
                        "content", content,
                        "generator_adversarial", 2.0,
                        "discriminator_real", discriminator / 2,
                        "discriminator_edge", discriminator / 4,
                        "discriminator_fake", discriminator / 4));
    }

    @Test
    void balancedTrainingGoesOn() {
        initialize();
        for (int round = 0; round < 200; round++) {
            assertThat(round(1.25 + noise(), 1.73 + noise())).isEmpty();
        }
    }

    @Test
    void lostContentUnderAWinningDiscriminatorIsACollapse() {
        initialize();
        for (int round = 0; round < 10; round++) {
            assertThat(round(1.3 + noise(), 1.7 + noise())).isEmpty();
        }
        Optional<Collapse> reason = Optional.empty();
        int rounds = 0;
        while (reason.isEmpty() && rounds < 20) {
            reason = round(2.0, 0.9);
            rounds++;
        }
        assertThat(rounds).as("rounds until it is called").isBetween(3, 5);
        assertThat(reason)
                .hasValueSatisfying(collapse -> assertThat(collapse.why())
                        .contains("over 5 rounds the content loss has been 2.00")
                        .contains("47 % of an undecided one's"));
    }

    @Test
    void contentMayRiseWhileTheDiscriminatorIsUndecided() {
        initialize();
        for (int round = 0; round < 50; round++) {
            assertThat(round(2.0, 1.8)).isEmpty();
        }
    }

    @Test
    void discriminatorMayBeGoodWhileContentIsKept() {
        initialize();
        for (int round = 0; round < 50; round++) {
            assertThat(round(1.2, 0.6)).isEmpty();
        }
    }

    @Test
    void discriminatorThatNeverErrsIsACollapseWhateverTheContent() {
        initialize();
        for (int round = 0; round < 4; round++) {
            assertThat(round(1.2, 0.01)).isEmpty();
        }
        assertThat(round(1.2, 0.01))
                .hasValue(
                        new Collapse(
                                Sign.DISCRIMINATOR_CERTAIN,
                                "over 5 rounds the discriminator has made next to no mistakes (its loss is 0.5 % of an undecided one's)"));
    }

    @Test
    void discriminatorThatIsFarWorseThanNoneIsACollapseWhateverTheContent() {
        initialize();
        for (int round = 0; round < 50; round++) {
            assertThat(round(1.2, 3 * 1.91)).isEmpty();
        }
        Optional<Collapse> reason = Optional.empty();
        int rounds = 0;
        while (reason.isEmpty() && rounds < 5) {
            reason = round(1.2, 20);
            rounds++;
        }
        assertThat(rounds).isEqualTo(3);
        assertThat(reason)
                .hasValue(
                        new Collapse(
                                Sign.DISCRIMINATOR_LOST,
                                "over 5 rounds the discriminator has been worse than one that knows nothing (its loss is 10.5 times an undecided one's)"));
    }

    /**
     * Losses of real trainings, means of ten steps a line, or of eight: docs/training.md says of which. The last two learn at rates and weights that
     * collapse, at once or slowly; they must be called between these steps.
     */
    @ParameterizedTest
    @CsvSource({
        "balanced-transposed, 0, 0",
        "balanced-resize, 0, 0",
        "balanced-omega-3, 0, 0",
        "collapsing, 400, 800",
        "fading, 2000, 3000"
    })
    void realTrainingsAreJudgedRightly(String training, int from, int to) throws IOException {
        CollapseDetector judge = new CollapseDetector(DEFAULTS, AdversarialLoss.BCE, true);
        boolean collapses = to > 0;
        int lastInitial = 0;
        int step = 0;
        Optional<Collapse> reason = Optional.empty();
        for (String line : lines(training)) {
            String[] values = line.split(",", -1);
            Map<String, Double> losses = new HashMap<>();
            for (int i = 2; i < NAMES.size(); i++) {
                if (!values[i].isEmpty()) {
                    losses.put(NAMES.get(i), Double.valueOf(values[i]));
                }
            }
            Phase phase = values[0].equals("initialization") ? Phase.INITIALIZATION : Phase.ADVERSARIAL;
            reason = judge.after(phase, losses);
            step = Integer.parseInt(values[1]);
            lastInitial = phase.usesDiscriminator() ? lastInitial : step;
            if (reason.isPresent()) {
                break;
            }
        }

        assertThat(reason.isPresent()).isEqualTo(collapses);
        if (collapses) {
            assertThat(step - lastInitial).isBetween(from, to);
            assertThat(reason).hasValueSatisfying(collapse -> {
                assertThat(collapse.sign()).isEqualTo(Sign.CONTENT_LOST);
                assertThat(collapse.why()).contains("while the discriminator wins");
            });
        }
    }

    private static List<String> lines(String training) throws IOException {
        try (InputStream in = CollapseDetectorTest.class.getResourceAsStream(training + ".csv")) {
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(lines.get(0)).isEqualTo(String.join(",", NAMES));
            return lines.subList(1, lines.size());
        }
    }

    @Test
    void oneBadRoundIsNone() {
        initialize();
        for (int round = 0; round < 50; round++) {
            assertThat(round(round % 7 == 0 ? 9 : 1.2, round % 7 == 0 ? 0 : 1.7))
                    .isEmpty();
        }
    }

    @Test
    void anotherMethodsLossesAreNotJudged() {
        for (int round = 0; round < 50; round++) {
            assertThat(detector.after(Phase.ADVERSARIAL, Map.of("cycle", 1.0 + round)))
                    .isEmpty();
            assertThat(detector.after(Phase.ADVERSARIAL, Map.of("content", 1.0 + round)))
                    .isEmpty();
        }
    }

    @Test
    void itCanBeSwitchedOff() {
        CollapseDetector off =
                new CollapseDetector(new CollapseDetector.Settings(0, 1.5, 0.6), AdversarialLoss.BCE, true);
        for (int round = 0; round < 50; round++) {
            assertThat(off.after(Phase.ADVERSARIAL, Map.of("content", 1.0 + round)))
                    .isEmpty();
        }
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new CollapseDetector.Settings(5, 0.5, 0.6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rise 0.5");
    }
}
