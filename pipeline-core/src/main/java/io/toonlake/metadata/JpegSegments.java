package io.toonlake.metadata;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Metadata in a JPEG: application segments before the picture's own, after JFIF's, which has to be the first. */
final class JpegSegments {
    private static final int JFIF = 0xE0;
    private static final int EXIF_AND_XMP = 0xE1;
    private static final int PHOTOSHOP = 0xED;

    private JpegSegments() {}

    static byte[] with(byte[] jpeg, PictureMetadata metadata) {
        ByteBuffer file = ByteBuffer.wrap(jpeg);
        int at = (file.getShort(2) & 0xFFFF) == (0xFF00 | JFIF) ? 4 + (file.getShort(4) & 0xFFFF) : 2;
        ByteArrayOutputStream out = new ByteArrayOutputStream(jpeg.length + (1 << 12));
        out.write(jpeg, 0, at);
        add(out, EXIF_AND_XMP, "Exif\0\0", metadata.exif());
        add(out, EXIF_AND_XMP, "http://ns.adobe.com/xap/1.0/\0", metadata.xmp());
        if (metadata.iptc().length > 0) {
            add(out, PHOTOSHOP, "Photoshop 3.0\0", resource(metadata.iptc()));
        }
        out.write(jpeg, at, jpeg.length - at);
        return out.toByteArray();
    }

    private static void add(ByteArrayOutputStream out, int code, String letters, byte[] content) {
        int length = 2 + letters.length() + content.length;
        out.writeBytes(new byte[] {(byte) 0xFF, (byte) code, (byte) (length >> 8), (byte) length});
        out.writeBytes(letters.getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(content);
    }

    /** Photoshop's, of number 0x0404 and without a name. */
    private static byte[] resource(byte[] iptc) {
        ByteBuffer resource = ByteBuffer.allocate(12 + iptc.length + (iptc.length & 1));
        return resource.putInt(0x3842494D)
                .putShort((short) 0x0404)
                .putShort((short) 0)
                .putInt(iptc.length)
                .put(iptc)
                .array();
    }
}
