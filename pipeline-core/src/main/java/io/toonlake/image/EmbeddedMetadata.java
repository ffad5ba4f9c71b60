package io.toonlake.image;

import java.util.Map;

/**
 * What a file says beside its pixels, as it stands there, unjudged; no bytes where it says nothing.
 *
 * @param exif a TIFF header and its tables; of a TIFF, the whole file
 * @param xmp a packet of XML
 * @param iptc datasets of IPTC's Information Interchange Model
 * @param photoshop Photoshop's resources, among which IPTC may be
 * @param texts a PNG's of keywords Author, Copyright, Title and Description
 */
public record EmbeddedMetadata(byte[] exif, byte[] xmp, byte[] iptc, byte[] photoshop, Map<String, String> texts) {

    private static final byte[] NOTHING = {};

    /** Of a file that has a place for no more than these. */
    public static EmbeddedMetadata of(byte[] exif, byte[] xmp, Map<String, String> texts) {
        return new EmbeddedMetadata(exif, xmp, NOTHING, NOTHING, texts);
    }

    /** Of a file that says nothing. */
    public static EmbeddedMetadata none() {
        return of(NOTHING, NOTHING, Map.of());
    }
}
