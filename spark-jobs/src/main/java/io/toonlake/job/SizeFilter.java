package io.toonlake.job;

import io.toonlake.image.DecodeLimits;
import io.toonlake.image.RefusalReason;
import java.io.Serializable;

/**
 * How large a photo has to be to be stylized at all, as its header tells.
 *
 * @param minSidePixels of its shorter side; 0 takes all
 * @param maxPixels width times height
 */
record SizeFilter(int minSidePixels, long maxPixels) implements Serializable {

    /** Limits under which nothing of a photo is decoded that the filter passes over. */
    DecodeLimits within(DecodeLimits limits) {
        return new DecodeLimits(
                limits.maxBytes(),
                Math.min(maxPixels, limits.maxPixels()),
                Math.max(minSidePixels, limits.minSidePixels()),
                limits.maxTilePixels()); // What tiles cost has to do with memory, and nothing with how large the
        // photo is.
    }

    /** Whether a photo that was refused {@link #within} these limits is one that nobody asked for, and no bad one. */
    boolean passesOver(RefusalReason reason, DecodeLimits limits) {
        return switch (reason) {
            case TOO_SMALL -> minSidePixels > limits.minSidePixels();
            case TOO_MANY_PIXELS -> maxPixels < limits.maxPixels();
            default -> false;
        };
    }
}
