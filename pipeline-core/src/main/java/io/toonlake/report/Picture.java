package io.toonlake.report;

import java.util.Set;

/**
 * An encoded picture that goes into the page as it is.
 *
 * @param mediaType {@code image/jpeg}, {@code image/png} or {@code image/webp}
 * @param bytes the file
 * @param width in pixels
 * @param height in pixels
 */
public record Picture(String mediaType, byte[] bytes, int width, int height) {

    private static final Set<String> SHOWN_BY_BROWSERS = Set.of("image/jpeg", "image/png", "image/webp");

    public Picture {
        if (!SHOWN_BY_BROWSERS.contains(mediaType)) {
            throw new IllegalArgumentException(
                    "Invalid media type of a picture: " + mediaType + " (must be image/jpeg, image/png or image/webp)");
        }
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException(
                    "Invalid size of a picture: " + width + "x" + height + " (both sides must be >= 1)");
        }
    }
}
