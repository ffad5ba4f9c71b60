package io.toonlake.packing;

/**
 * Names samples so that every reader of WebDataset takes them for one sample each: the place that the picture would have below the output, without
 * its ending, and with dots and what readers pass over written as {@code %} and the character's number. No two places give the same key.
 */
public final class SampleKey {
    private SampleKey() {}

    /**
     * @param place path of the picture below the output, such as {@code trip/a.jpg}
     * @param extension of the picture's format, without a dot; a place that ends otherwise ({@code a.JPG}, {@code a.jpeg}) keeps its ending
     */
    public static String of(String place, String extension) {
        String usual = "." + extension;
        if (place.endsWith(usual)) {
            return escaped(place.substring(0, place.length() - usual.length()));
        }
        // In lower case, as no dot is otherwise: "a.jpeg" and "a.jpeg.jpg" are two places.
        int dot = place.lastIndexOf('.');
        return dot < 0
                ? escaped(place) + "%"
                : escaped(place.substring(0, dot)) + "%2e" + escaped(place.substring(dot + 1));
    }

    private static String escaped(String text) {
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            // Readers take the first dot for the key's end, and __names__ for something else than samples.
            boolean plain = next >= ' ' && next != 0x7f && next != '.' && next != '%' && next != '\\';
            boolean marks = next == '_' && (i == 0 || text.charAt(i - 1) == '/');
            if (plain && !marks) {
                key.append(next);
            } else {
                key.append(String.format("%%%02X", (int) next));
            }
        }
        return key.toString();
    }
}
