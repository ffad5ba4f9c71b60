package io.toonlake.training;

import io.toonlake.loss.ColorLoss;
import io.toonlake.loss.TotalVariationLoss;
import io.toonlake.network.Upsampling;

/** What a training takes, by the formulas of docs/memory.md, which are above what was measured there. */
public final class TrainingMemory {
    private static final long MIB = 1 << 20;

    private TrainingMemory() {}

    /**
     * Memory beside the heap that one worker takes while it steps.
     *
     * @param frozen parameters of the feature network
     * @return bytes
     */
    public static long nativeBytes(TrainingSettings settings, long frozen) {
        long width = settings.generator().width();
        long perChannel = settings.generator().upsampling() == Upsampling.RESIZE ? 160 : 130;
        boolean extended = !settings.colorLoss().equals(ColorLoss.NONE)
                || !settings.totalVariationLoss().equals(TotalVariationLoss.NONE)
                || settings.colorJitter();
        long perPixel =
                (1_800 + perChannel * width + (extended ? 800 : 0)) * settings.batchSize() + 16L * settings.pastFakes();
        return 350 * MIB
                + 50 * trained(settings)
                + 5 * frozen
                + perPixel * settings.cropPixels() * settings.cropPixels();
    }

    /**
     * Heap that averaging takes, samples aside.
     *
     * @return bytes
     */
    public static long heapBytes(TrainingSettings settings) {
        return 8 * stateBytes(settings) + 256 * MIB;
    }

    /**
     * What a round moves and a checkpoint holds: parameters and Adam's two moments.
     *
     * @return bytes
     */
    public static long stateBytes(TrainingSettings settings) {
        return 3L * Float.BYTES * trained(settings);
    }

    private static long trained(TrainingSettings settings) {
        return settings.generator().parameters() + settings.discriminator().parameters();
    }
}
