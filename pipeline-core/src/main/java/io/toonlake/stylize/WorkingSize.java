package io.toonlake.stylize;

import io.toonlake.network.GeneratorArchitecture;

/** What sizes of picture our generators take. */
final class WorkingSize {
    /** Mirroring 3 pixels takes 4; mirroring 1 at a quarter of the resolution takes 2 there. */
    static final int MIN_SIDE_PIXELS = 8;

    private WorkingSize() {}

    /** @throws IllegalArgumentException where an engine cannot take the picture, [3, height, width] */
    static void check(float[] picture, int width, int height) {
        int multiple = GeneratorArchitecture.SIZE_MULTIPLE;
        if (Math.min(width, height) < MIN_SIDE_PIXELS || width % multiple != 0 || height % multiple != 0) {
            throw new IllegalArgumentException("Invalid picture size: %dx%d (sides must be multiples of %d and >= %d)"
                    .formatted(width, height, multiple, MIN_SIDE_PIXELS));
        }
        if (picture.length != 3L * width * height) {
            throw new IllegalArgumentException("Invalid picture: %d values (3x%dx%d has %d)"
                    .formatted(picture.length, height, width, 3L * width * height));
        }
    }
}
