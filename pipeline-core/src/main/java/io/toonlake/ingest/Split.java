package io.toonlake.ingest;

import java.util.Locale;

/**
 * Whether a picture is trained on or kept for testing.
 *
 * <p>Its content alone decides, so that the answer is the same in every run, at every order and whatever else the
 * collection holds, and identical files never stand on both sides: the first 52 bits of the sha256, taken as a fraction of
 * 1, are compared with the wanted fraction. Raising the fraction only moves pictures from training to testing.
 */
public enum Split {
    TRAIN,
    TEST;

    private static final int SHA256_DIGITS = 64;
    private static final int DIGITS = 13;
    private static final double SPAN = 0x1p52;

    /**
     * The split of a file.
     *
     * @param sha256Hex the sha256 of its bytes, 64 hexadecimal digits
     * @param testFraction the share that is kept for testing, 0 to 1
     */
    public static Split of(String sha256Hex, double testFraction) {
        if (!(testFraction >= 0 && testFraction <= 1)) {
            throw new IllegalArgumentException("Invalid testFraction: " + testFraction + " (must be >= 0 and <= 1)");
        }
        if (sha256Hex.length() != SHA256_DIGITS) {
            throw new IllegalArgumentException(
                    "Invalid sha256: " + sha256Hex + " (must have " + SHA256_DIGITS + " hexadecimal digits)");
        }
        double place = Long.parseLong(sha256Hex.substring(0, DIGITS), 16) / SPAN;
        return place < testFraction ? TEST : TRAIN;
    }

    /** The word for tables: {@code train} or {@code test}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
