package io.toonlake.image;

/**
 * Decoded samples before their colours mean anything: interleaved, 8 bits, rows from top to bottom.
 *
 * @param data {@code width * height * layout.bands()} bytes
 */
record Samples(Layout layout, int width, int height, byte[] data) {

    /** The order of a pixel's samples. Alpha is straight; CMYK counts ink, 255 for full. */
    enum Layout {
        GREY(1),
        GREY_ALPHA(2),
        BGR(3),
        BGRA(4),
        CMYK(4);

        private final int bands;

        Layout(int bands) {
            this.bands = bands;
        }

        int bands() {
            return bands;
        }

        boolean hasAlpha() {
            return this == GREY_ALPHA || this == BGRA;
        }
    }
}
