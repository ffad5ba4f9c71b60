package io.toonlake.image;

import static io.toonlake.image.RefusalReason.CORRUPT;
import static io.toonlake.image.RefusalReason.TOO_MANY_BYTES;
import static io.toonlake.image.RefusalReason.TOO_MANY_PIXELS;
import static io.toonlake.image.RefusalReason.TOO_SMALL;

import java.io.Serializable;

/**
 * What a file may cost. Sizes are taken from the header and checked before any memory for pixels is asked for.
 *
 * <p>A decoded picture takes 3 or 4 bytes a pixel; while it is made, up to about 12 bytes a pixel are held at once
 * (progressive JPEG and 16-bit samples take the most).
 *
 * @param maxBytes the largest file, in bytes
 * @param maxPixels the largest width times height, at most {@value #MOST_PIXELS}
 * @param minSidePixels the shortest side that is still of use, in pixels; 1 takes everything
 * @param maxTilePixels the largest tile of a file that is stored in tiles, width times height
 */
public record DecodeLimits(long maxBytes, long maxPixels, int minSidePixels, long maxTilePixels)
        implements Serializable {

    /** Four samples of each must fit into one Java array. */
    public static final long MOST_PIXELS = 500_000_000;

    /** Tiles no more than a picture may have, or a mebipixel. */
    public DecodeLimits(long maxBytes, long maxPixels, int minSidePixels) {
        this(maxBytes, maxPixels, minSidePixels, Math.max(maxPixels, 1 << 20));
    }

    public DecodeLimits {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("Invalid maxBytes: " + maxBytes + " (must be >= 1)");
        }
        if (maxPixels < 1 || maxPixels > MOST_PIXELS) {
            throw new IllegalArgumentException(
                    "Invalid maxPixels: " + maxPixels + " (must be >= 1 and <= " + MOST_PIXELS + ")");
        }
        if (minSidePixels < 1) {
            throw new IllegalArgumentException("Invalid minSidePixels: " + minSidePixels + " (must be >= 1)");
        }
    }

    /**
     * Refuses a file by its length alone, so that callers need not load what would not be taken.
     *
     * @throws ImageRefusedException if it is longer than {@link #maxBytes}
     */
    public void checkBytes(long length) throws ImageRefusedException {
        if (length > maxBytes) {
            throw new ImageRefusedException(
                    TOO_MANY_BYTES, "the file has " + length + " bytes, more than the allowed " + maxBytes);
        }
    }

    /** Refuses a picture by the size its header states. */
    void checkSize(long width, long height) throws ImageRefusedException {
        if (width < 1 || height < 1) {
            throw new ImageRefusedException(CORRUPT, "the header states a size of " + width + "x" + height);
        }
        if (width > maxPixels || height > maxPixels || width * height > maxPixels) {
            throw new ImageRefusedException(
                    TOO_MANY_PIXELS,
                    "the header states " + width + "x" + height + ", more than the allowed " + maxPixels + " pixels");
        }
        if (Math.min(width, height) < minSidePixels) {
            throw new ImageRefusedException(
                    TOO_SMALL,
                    "the picture is " + width + "x" + height + ", and its shorter side must have at least "
                            + minSidePixels + " pixels");
        }
    }

    /** Refuses tiles that would cost more than a whole picture may. */
    void checkTile(long width, long height) throws ImageRefusedException {
        if (width * height > maxTilePixels) {
            throw new ImageRefusedException(
                    TOO_MANY_PIXELS,
                    "the header states tiles of " + width + "x" + height + ", more than the allowed " + maxTilePixels
                            + " pixels");
        }
    }
}
