package io.toonlake.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SplitTest {

    private static String sha256(String text) throws Exception {
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(sum);
    }

    @Test
    void keepsTheWantedFractionForTesting() throws Exception {
        int test = 0;
        for (int i = 0; i < 20_000; i++) {
            test += Split.of(sha256("photo " + i), 0.1) == Split.TEST ? 1 : 0;
        }
        assertThat(test).isBetween(1_850, 2_150); // 2,000, give or take 3.5 standard deviations
    }

    @Test
    void neverChangesItsMind() {
        // What these hashes got once they must get for ever: tables of earlier runs hold it.
        String low = "0199" + "0".repeat(60);
        String high = "199a" + "0".repeat(60);
        assertThat(Split.of(low, 0.1)).isEqualTo(Split.TEST);
        assertThat(Split.of(high, 0.1)).isEqualTo(Split.TRAIN);
    }

    @Test
    void extremesTakeAllOrNone() {
        String first = "0".repeat(64);
        String last = "f".repeat(64);
        assertThat(Split.of(first, 0)).isEqualTo(Split.TRAIN);
        assertThat(Split.of(last, 1)).isEqualTo(Split.TEST);
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> Split.of("abc", 0.1)).hasMessageContaining("Invalid sha256: abc");
        assertThatThrownBy(() -> Split.of("0".repeat(64), Double.NaN))
                .hasMessage("Invalid testFraction: NaN (must be >= 0 and <= 1)");
    }
}
