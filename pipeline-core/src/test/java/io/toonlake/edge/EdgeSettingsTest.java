package io.toonlake.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class EdgeSettingsTest {

    @Test
    void allProblemsAreReportedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EdgeSettings(-1, Double.NaN, 0, 4))
                .withMessage("""
                        Invalid edge.canny-low: -1.0 (must be a number >= 0)
                        Invalid edge.canny-high: NaN (must be a number >= edge.canny-low)
                        Invalid edge.dilate-pixels: 0 (must be odd and from 1 to 99)
                        Invalid edge.blur-pixels: 4 (must be odd and from 1 to 99)""");
    }

    @Test
    void thresholdsInTheWrongOrderAreRefused() {
        assertThat(EdgeSettings.problems(200, 100, 5, 5))
                .containsExactly("Invalid edge.canny-high: 100.0 (must be >= edge.canny-low, which is 200.0)");
    }

    @Test
    void kernelsOfNegativeOrHugeSidesAreRefused() {
        assertThat(EdgeSettings.problems(0, 0, -3, 101)).hasSize(2);
        assertThat(EdgeSettings.problems(0, 0, 1, 99)).isEmpty();
    }

    @Test
    void fingerprintTellsEveryNumberApart() {
        assertThat(new String[] {
                    EdgeSettings.DEFAULT.fingerprint(),
                    new EdgeSettings(101, 200, 5, 5).fingerprint(),
                    new EdgeSettings(100, 201, 5, 5).fingerprint(),
                    new EdgeSettings(100, 200, 7, 5).fingerprint(),
                    new EdgeSettings(100, 200, 5, 7).fingerprint(),
                    new EdgeSettings(100, 200, 5, 5, Blur.MEAN).fingerprint()
                })
                .doesNotHaveDuplicates()
                .allMatch(fingerprint -> fingerprint.matches("[0-9a-f]{64}"));
    }

    @Test
    void fingerprintIsTheSameInEveryRelease() {
        // Tables hold it: where it changes without the pixels changing, every lake is smoothed again.
        assertThat(EdgeSettings.DEFAULT.fingerprint())
                .isEqualTo("6f1f9a51394d1092afd874450d20a19c3bcea5985314601ec791e763b1107086");
    }
}
