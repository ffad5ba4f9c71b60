package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.toonlake.model.Model;
import io.toonlake.network.Padding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EngineMemoryTest {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR_PEAK = Path.of("/proc/self/clear_refs");
    private static final int WIDTH = 3072;
    private static final int HEIGHT = 2048;

    @Test
    void estimateHoldsAndIsNotThriceWhatIsUsed() throws IOException {
        assumeTrue(Files.isWritable(CLEAR_PEAK), "skipped: peak memory is read from Linux's /proc");
        Model model = SmallGenerator.model(Padding.ZERO);
        try (Nd4jEngine engine = new Nd4jEngine(model)) {
            engine.stylize(new float[3 * 64 * 64], 64, 64);
            System.gc();
            long idle = kilobytes("VmRSS");
            Files.writeString(CLEAR_PEAK, "5");
            float[] picture = new float[3 * WIDTH * HEIGHT];
            assertThat(engine.stylize(picture, WIDTH, HEIGHT)).hasSameSizeAs(picture);
            long used = (kilobytes("VmHWM") - idle) * 1024;
            assertThat(engine.estimatedBytes(WIDTH, HEIGHT)).isBetween(used, 3 * used);
        }
    }

    private static long kilobytes(String field) throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
