package io.toonlake.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.toonlake.testing.Fuzz;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes are, the answer is a picture or a refusal, within the memory the limits allow. */
class GarbageTest {

    private static final int MUTATIONS = 250;
    private static final long MOST_PIXELS = 1_000_000;

    /** 12 bytes a pixel, as {@link DecodeLimits} says, and what readers need for themselves. */
    private static final long MOST_ALLOCATED = 12 * MOST_PIXELS + (24 << 20);

    private static final ImageDecoder DECODER = new ImageDecoder(new DecodeLimits(1_000_000, MOST_PIXELS, 1));

    static Stream<Arguments> files() {
        return TruncationTest.files();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void neitherEscapesNorTakesMoreMemoryThanAllowed(String name, byte[] whole) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Random random = new Random(whole.length);
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutated = mutate(whole, random);
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                PixelImage image = DECODER.decode(mutated).image();
                assertThat((long) image.width() * image.height()).isLessThanOrEqualTo(MOST_PIXELS);
            } catch (ImageRefusedException refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated).as("%s, mutation %d", name, i).isLessThan(MOST_ALLOCATED);
        }
    }

    /** Others in every build, for a bounded time. */
    @Test
    void whatNobodyHasTriedDoesNotEither() {
        List<byte[]> files = files().map(file -> (byte[]) file.get()[1]).toList();
        Fuzz.run("pictures", "any", random -> mutate(files.get(random.nextInt(files.size())), random), file -> {
            try {
                DECODER.decode(Files.readAllBytes(file));
            } catch (ImageRefusedException refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
        });
    }

    /** A few bytes changed, mostly among the headers; runs zeroed, doubled or taken out. */
    private static byte[] mutate(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int kind = random.nextInt(5);
        int reach = kind < 3 ? Math.min(bytes.length, 300) : bytes.length;
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(reach);
            bytes[at] = kind == 1 ? (byte) -1 : (byte) random.nextInt(256);
        }
        if (kind == 4) {
            int from = random.nextInt(bytes.length);
            int to = random.nextInt(bytes.length);
            int length = random.nextInt(bytes.length - Math.max(from, to));
            System.arraycopy(whole, from, bytes, to, length);
        }
        return bytes;
    }
}
