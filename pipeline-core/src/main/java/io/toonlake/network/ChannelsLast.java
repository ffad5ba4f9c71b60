package io.toonlake.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * From [N, H, W, C], the layout in which oneDNN's convolutions compute with AVX-512, to that of our arrays, [N, C, H, W]. Asked for the second, oneDNN goes there by itself,
 * and for large planes slowly: it walks through all of them a value at a time. Tile by tile it takes a fraction of that. (In the other direction oneDNN is fast.) The convolution
 * before is the same either way, and so are its bits.
 */
final class ChannelsLast {
    /** Values worked on at once: they stay in a core's first cache. */
    private static final int TILE = 4096;

    /** A few planes are walked through quickly; the last convolution's three are. */
    private static final int MIN_CHANNELS = 8;

    private static final int MAX_CHANNELS = TILE / 16;

    /** Smaller planes oneDNN turns as fast. */
    private static final int MIN_PIXELS = 1 << 14;

    private static final boolean AVX_512 = hasAvx512();

    /** Kept, since every new one would grow the heap. */
    private static final ThreadLocal<float[]> SCRATCH = ThreadLocal.withInitial(() -> new float[TILE]);

    /** Other processors' convolutions are in other layouts; so may be those of systems that do not tell, of which none was measured. */
    private static boolean hasAvx512() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.anyMatch(line -> line.startsWith("flags") && line.contains(" avx512f"));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    /**
     * Whether a convolution had better write to this layout first.
     *
     * @param x its input, [N, C, H, W]
     * @param y where its output is to be, likewise
     */
    static boolean pays(INDArray x, INDArray y) {
        return AVX_512
                && HostLoops.reach(x, y)
                && y.size(1) >= MIN_CHANNELS
                && y.size(1) <= MAX_CHANNELS
                && y.size(2) * y.size(3) >= MIN_PIXELS;
    }

    /** A new array with nothing in it yet for pictures of planes: [N, H, W, C]. */
    static INDArray uninitialized(INDArray planes) {
        return Nd4j.createUninitialized(
                planes.dataType(), new long[] {planes.size(0), planes.size(2), planes.size(3), planes.size(1)}, 'c');
    }

    /** The same memory as [N, C, H, W], for an operation to write to. */
    static INDArray asPlanes(INDArray last) {
        return last.permute(0, 3, 1, 2);
    }

    /** Writes the values of an array [N, H, W, C] to one of [N, C, H, W]. */
    static void copy(INDArray last, INDArray planes) {
        int pictures = Math.toIntExact(planes.size(0));
        int channels = Math.toIntExact(planes.size(1));
        int pixels = Math.toIntExact(planes.size(2) * planes.size(3));
        int block = Math.min(HostLoops.LINE, TILE / channels);
        int blocks = (pixels + block - 1) / block;
        FloatBuffer from = HostLoops.values(last);
        FloatBuffer to = HostLoops.values(planes);
        HostLoops.run(pictures * blocks, (long) block * channels, (first, end) -> {
            float[] line = HostLoops.line(0);
            float[] tile = SCRATCH.get();
            for (int unit = first; unit < end; unit++) {
                int picture = unit / blocks;
                int at = unit % blocks * block;
                int count = Math.min(block, pixels - at);
                from.get((picture * pixels + at) * channels, tile, 0, count * channels);
                for (int channel = 0; channel < channels; channel++) {
                    for (int i = 0; i < count; i++) {
                        line[i] = tile[i * channels + channel];
                    }
                    to.put((picture * channels + channel) * pixels + at, line, 0, count);
                }
            }
        });
    }
}
