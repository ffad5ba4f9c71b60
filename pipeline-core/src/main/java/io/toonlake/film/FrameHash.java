package io.toonlake.film;

import io.toonlake.image.PixelImage;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/** A frame's content: it has no file whose bytes could be hashed. */
public final class FrameHash {
    private FrameHash() {}

    /** sha256, in hexadecimal, of width and height (4 bytes each, the greatest first) and the pixels in rows of blue, green, red. */
    public static String of(PixelImage picture) {
        MessageDigest digest = FilmIndex.sha256();
        digest.update(ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(picture.width())
                .putInt(picture.height())
                .flip());
        return HexFormat.of().formatHex(digest.digest(picture.pixels()));
    }
}
