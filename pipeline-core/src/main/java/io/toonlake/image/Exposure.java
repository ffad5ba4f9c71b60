package io.toonlake.image;

/**
 * How light a picture is.
 *
 * @param brightness mean grey (0.299 R + 0.587 G + 0.114 B), 0 to 255
 * @param contrast standard deviation of grey
 * @param black share of pixels with a grey of at most 8
 * @param white share of pixels with a grey of at least 247
 */
public record Exposure(double brightness, double contrast, double black, double white) {
    private static final int BLACK = 8;
    private static final int WHITE = 247;

    /** From this share on, what is black or white is more than a dark hair or a lamp. */
    private static final double MUCH = 0.25;

    private static final double FLAT = 10;

    /** What may be wrong with a picture's light: the first of these that holds. */
    public enum Kind {
        EVEN("good"),
        FLAT("flat: contrast below 10"),
        DARK("a quarter or more is black"),
        LIGHT("a quarter or more is white");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** A few words for people. */
        public String label() {
            return label;
        }
    }

    /** @param picture BGR; alpha is passed over */
    public static Exposure of(PixelImage picture) {
        byte[] pixels = picture.pixels();
        int step = picture.channels();
        long sum = 0;
        double squares = 0;
        long black = 0;
        long white = 0;
        for (int i = 0; i < pixels.length; i += step) {
            int grey = (114 * (pixels[i] & 0xff) + 587 * (pixels[i + 1] & 0xff) + 299 * (pixels[i + 2] & 0xff) + 500)
                    / 1000;
            sum += grey;
            squares += (double) grey * grey;
            black += grey <= BLACK ? 1 : 0;
            white += grey >= WHITE ? 1 : 0;
        }
        double count = (double) picture.width() * picture.height();
        double mean = sum / count;
        return new Exposure(mean, Math.sqrt(Math.max(0, squares / count - mean * mean)), black / count, white / count);
    }

    /** What may be wrong with it. */
    public Kind kind() {
        if (contrast < FLAT) {
            return Kind.FLAT;
        }
        if (black >= MUCH) {
            return Kind.DARK;
        }
        return white >= MUCH ? Kind.LIGHT : Kind.EVEN;
    }
}
