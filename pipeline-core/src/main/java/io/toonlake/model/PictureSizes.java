package io.toonlake.model;

/**
 * What sizes of picture somebody's network takes.
 *
 * @param multiple that both sides are of
 * @param minWidth the least, or the only width
 * @param minHeight the least, or the only height
 * @param fixed whether there is one size only
 */
public record PictureSizes(int multiple, int minWidth, int minHeight, boolean fixed) {
    /** What is beyond any network's, and would overflow. */
    private static final int MOST = 1 << 15;

    public PictureSizes {
        if (multiple < 1 || multiple > MOST) {
            throw new IllegalArgumentException(
                    "Invalid size multiple: %d (must be between 1 and %d)".formatted(multiple, MOST));
        }
        if (Math.min(minWidth, minHeight) < 1 || Math.max(minWidth, minHeight) > MOST) {
            throw new IllegalArgumentException("Invalid %s size: %dx%d (sides must be between 1 and %d)"
                    .formatted(fixed ? "fixed" : "least", minWidth, minHeight, MOST));
        }
    }

    /** Any size whose sides are such multiples, and not below a least one. */
    public static PictureSizes multiplesOf(int multiple, int minSidePixels) {
        return new PictureSizes(multiple, minSidePixels, minSidePixels, false);
    }

    /** One size. */
    public static PictureSizes only(int width, int height) {
        return new PictureSizes(1, width, height, true);
    }

    /** Whether the network takes pictures of that size. */
    public boolean fit(int width, int height) {
        return fixed
                ? width == minWidth && height == minHeight
                : width >= minWidth && height >= minHeight && width % multiple == 0 && height % multiple == 0;
    }

    @Override
    public String toString() {
        return fixed
                ? "%dx%d only".formatted(minWidth, minHeight)
                : "multiples of %d from %d".formatted(multiple, minWidth);
    }
}
