package io.toonlake.model;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What black and white are in a network's picture: bytes 0 and 255.
 *
 * @param low black; finite, and below {@code high}
 */
public record ValueRange(double low, double high) {
    private static final Pattern WRITTEN = Pattern.compile("\\[?(-?[0-9.eE-]+?)(?:\\.\\.|, *)(-?[0-9.eE-]+?)]?");

    public ValueRange {
        if (!(low < high) || Double.isInfinite(low) || Double.isInfinite(high)) {
            throw new IllegalArgumentException(
                    "Invalid value range: %s..%s (must be finite and ascend)".formatted(number(low), number(high)));
        }
    }

    /**
     * The range of that text: {@code -1..1}, or as papers write it, {@code [-1, 1]}.
     *
     * @throws IllegalArgumentException where it is none
     */
    public static ValueRange of(String text) {
        Matcher matcher = WRITTEN.matcher(text.strip());
        if (matcher.matches()) {
            try {
                return new ValueRange(Double.parseDouble(matcher.group(1)), Double.parseDouble(matcher.group(2)));
            } catch (NumberFormatException e) {
                // Told below, as anything else that is no range.
            }
        }
        throw new IllegalArgumentException(
                "Invalid value range: %s (must be LOW..HIGH, such as -1..1, 0..1 or 0..255)".formatted(text));
    }

    public double width() {
        return high - low;
    }

    /** As {@link #of} reads it. */
    @Override
    public String toString() {
        return number(low) + ".." + number(high);
    }

    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.format(Locale.ROOT, "%d", (long) value)
                : Double.toString(value);
    }
}
