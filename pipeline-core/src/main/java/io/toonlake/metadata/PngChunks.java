package io.toonlake.metadata;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Metadata in a PNG: chunks between the header and all others, and one that says the colours are sRGB. */
final class PngChunks {
    /** Signature and header. */
    private static final int BEFORE = 8 + 25;

    /** Keyword, and no compression, language or translation. */
    private static final String XMP = "XML:com.adobe.xmp\0\0\0\0\0";

    private PngChunks() {}

    static byte[] with(byte[] png, PictureMetadata metadata) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(png.length + (1 << 12));
        out.write(png, 0, BEFORE);
        add(out, "sRGB", new byte[] {0}); // perceptual, as photos are
        add(out, "eXIf", metadata.exif());
        byte[] keyword = XMP.getBytes(StandardCharsets.ISO_8859_1);
        add(
                out,
                "iTXt",
                ByteBuffer.allocate(keyword.length + metadata.xmp().length)
                        .put(keyword)
                        .put(metadata.xmp())
                        .array());
        out.write(png, BEFORE, png.length - BEFORE);
        return out.toByteArray();
    }

    private static void add(ByteArrayOutputStream out, String type, byte[] content) {
        byte[] letters = type.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 sum = new CRC32();
        sum.update(letters);
        sum.update(content);
        out.writeBytes(ByteBuffer.allocate(12 + content.length)
                .putInt(content.length)
                .put(letters)
                .put(content)
                .putInt((int) sum.getValue())
                .array());
    }
}
