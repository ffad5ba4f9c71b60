package io.toonlake.fetch;

import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an image is, in the one spelling that all its spellings have in common: scheme and host in lower case, no default port, no fragment, and
 * encoded what URLs must not hold as it is.
 *
 * @param uri absolute, http or https, with a host and without a password. IPv6 addresses instead of names, which no collection has, are none.
 */
public record ImageUrl(URI uri) implements Serializable {
    /** What occurs in URLs and {@link URI} does not take: blanks, brackets, and a % that begins no encoded byte. */
    private static final Pattern UNENCODED = Pattern.compile("[\\s\"<>\\\\^`{|}\\[\\]]|%(?![0-9a-fA-F]{2})");

    private static final Pattern EXTENSION = Pattern.compile(".*\\.(jpe?g|png|webp|gif|bmp|tiff?)");

    /** Empty where it is no URL, of another scheme, without a host, or holds a name or password. */
    public static Optional<ImageUrl> of(String url) {
        try {
            return of(new URI(encoded(url.strip())));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static Optional<ImageUrl> of(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")
                || uri.getHost() == null
                || uri.getRawUserInfo() != null
                || uri.getPort() == 0
                || uri.getPort() > 0xffff) {
            return Optional.empty();
        }
        String host = uri.getHost().toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        boolean usual = uri.getPort() == (scheme.equals("http") ? 80 : 443);
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        URI canonical = URI.create(scheme + "://" + host + (usual || uri.getPort() < 0 ? "" : ":" + uri.getPort())
                + path + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()));
        // What is not ASCII goes over the wire encoded, and is the same as if it had been written so.
        return Optional.of(new ImageUrl(URI.create(canonical.toASCIIString())));
    }

    private static String encoded(String url) {
        return UNENCODED.matcher(url).replaceAll(match -> {
            StringBuilder bytes = new StringBuilder();
            for (byte code : match.group().getBytes(StandardCharsets.UTF_8)) {
                bytes.append(String.format("%%%02X", code));
            }
            return Matcher.quoteReplacement(bytes.toString());
        });
    }

    /** Where a redirect leads from here; empty as {@link #of(String)}. */
    Optional<ImageUrl> resolve(String location) {
        try {
            String target = encoded(location.strip());
            // Java would leave out the path's last part (RFC 2396; RFC 3986, 5.2.2, keeps it).
            return of(
                    target.startsWith("?")
                            ? new URI(uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath() + target)
                            : uri.resolve(new URI(target)));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** The name by which limits count requests; ports of one host are one host. */
    public String host() {
        return uri.getHost();
    }

    /** The last part of the path, encoded. */
    String lastSegment() {
        return uri.getRawPath().substring(uri.getRawPath().lastIndexOf('/') + 1);
    }

    /** What two URLs of the same object have in common: they may differ in http and https. */
    public String object() {
        return uri.toString().replaceFirst("^https?:", "");
    }

    /**
     * A name for the object's file: {@code ab/cd/abcd….jpg}, the sha256 of {@link #object()} in hexadecimal, with the extension of the URL where it is a
     * picture's.
     */
    public String fileName() {
        try {
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(object().getBytes(StandardCharsets.UTF_8)));
            Matcher extension = EXTENSION.matcher(lastSegment().toLowerCase(Locale.ROOT));
            return hash.substring(0, 2) + "/" + hash.substring(2, 4) + "/" + hash
                    + (extension.matches() ? "." + extension.group(1) : "");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return uri.toString();
    }
}
