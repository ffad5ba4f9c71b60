package io.toonlake.metadata;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Metadata in a WebP: chunks after the picture's, and before it the extended header, which says that they are there (RFC 9649). */
final class WebpChunks {
    private static final int FILE_HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int EXTENDED_HEADER = 10;
    private static final int HAS_ALPHA = 0x10;
    private static final int HAS_EXIF_AND_XMP = 0x0C;

    private WebpChunks() {}

    static byte[] with(byte[] webp, PictureMetadata metadata) {
        ByteBuffer file = ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN);
        String first = new String(webp, FILE_HEADER, 4, StandardCharsets.ISO_8859_1);
        boolean extended = first.equals("VP8X");
        int content = FILE_HEADER + (extended ? CHUNK_HEADER + EXTENDED_HEADER : 0);
        int length = FILE_HEADER
                + CHUNK_HEADER
                + EXTENDED_HEADER
                + webp.length
                - content
                + chunkBytes(metadata.exif())
                + chunkBytes(metadata.xmp());
        ByteBuffer out = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        out.put(webp, 0, FILE_HEADER).putInt(4, length - CHUNK_HEADER);
        byte[] header = new byte[EXTENDED_HEADER];
        if (extended) {
            System.arraycopy(webp, FILE_HEADER + CHUNK_HEADER, header, 0, EXTENDED_HEADER);
        } else {
            describe(file, FILE_HEADER + CHUNK_HEADER, first.equals("VP8L"), header);
        }
        header[0] |= HAS_EXIF_AND_XMP;
        add(out, "VP8X", header);
        out.put(webp, content, webp.length - content);
        add(out, "EXIF", metadata.exif());
        add(out, "XMP ", metadata.xmp());
        return out.array();
    }

    /** Alpha, and width and height less one, by the picture's own header. */
    private static void describe(ByteBuffer file, int at, boolean lossless, byte[] header) {
        int width;
        int height;
        if (lossless) {
            int bits = file.getInt(at + 1);
            width = bits & 0x3FFF;
            height = bits >> 14 & 0x3FFF;
            header[0] |= (bits >> 28 & 1) == 1 ? HAS_ALPHA : 0;
        } else {
            width = (file.getShort(at + 6) & 0x3FFF) - 1;
            height = (file.getShort(at + 8) & 0x3FFF) - 1;
        }
        ByteBuffer sizes = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        sizes.putShort(4, (short) width).putShort(7, (short) height);
    }

    private static int chunkBytes(byte[] content) {
        return CHUNK_HEADER + content.length + (content.length & 1);
    }

    private static void add(ByteBuffer out, String type, byte[] content) {
        out.put(type.getBytes(StandardCharsets.ISO_8859_1))
                .putInt(content.length)
                .put(content);
        if ((content.length & 1) == 1) {
            out.put((byte) 0);
        }
    }
}
