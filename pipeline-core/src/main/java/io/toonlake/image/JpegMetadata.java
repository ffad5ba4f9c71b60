package io.toonlake.image;

import java.io.ByteArrayOutputStream;
import java.util.Map;

/** The metadata in a JPEG's application segments. Of EXIF and XMP the first segment counts; further parts of an XMP are left. */
final class JpegMetadata {

    private static final String EXIF = "Exif\0";
    /** One more byte of any value follows EXIF's letters. */
    private static final int EXIF_HEADER = EXIF.length() + 1;

    private static final String XMP = "http://ns.adobe.com/xap/1.0/\0";
    private static final String PHOTOSHOP = "Photoshop 3.0\0";

    private byte[] exif = {};
    private byte[] xmp = {};
    private final ByteArrayOutputStream photoshop = new ByteArrayOutputStream();

    /** Takes the content of an APP1 or APP13 segment; another than these is passed over. */
    void add(FileBytes file, int at, int length) throws ImageRefusedException {
        if (exif.length == 0 && length > EXIF_HEADER && begins(file, at, length, EXIF)) {
            exif = file.copy(at + EXIF_HEADER, length - EXIF_HEADER);
        } else if (xmp.length == 0 && begins(file, at, length, XMP)) {
            xmp = file.copy(at + XMP.length(), length - XMP.length());
        } else if (begins(file, at, length, PHOTOSHOP)) {
            photoshop.writeBytes(file.copy(at + PHOTOSHOP.length(), length - PHOTOSHOP.length()));
        }
    }

    private static boolean begins(FileBytes file, int at, int length, String letters) throws ImageRefusedException {
        return length >= letters.length() && file.text(at, letters.length()).equals(letters);
    }

    EmbeddedMetadata found() {
        return new EmbeddedMetadata(exif, xmp, new byte[0], photoshop.toByteArray(), Map.of());
    }
}
