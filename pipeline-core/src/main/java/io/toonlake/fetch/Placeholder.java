package io.toonlake.fetch;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The picture that stands for photos that were taken down. Flickr redirects to one that is called {@code photo_unavailable.png}, in several
 * languages and sizes; others, and Flickr's under other names, are known by their content.
 */
final class Placeholder {
    private static final Pattern NAME = Pattern.compile("photo_unavailable[^/]*\\.(gif|png|jpe?g|webp)");

    private final Set<String> contents;

    /** @param contents sha256, in lower-case hexadecimal */
    Placeholder(Collection<String> contents) {
        this.contents = Set.copyOf(contents);
    }

    boolean is(ImageUrl url) {
        return NAME.matcher(url.lastSegment()).matches();
    }

    boolean is(byte[] image) {
        try {
            return !contents.isEmpty()
                    && contents.contains(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(image)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
