package io.toonlake.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** File structures written byte by byte, for what no encoder would write. */
public final class RawBytes {

    private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};

    private RawBytes() {}

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    public static byte[] latin(String letters) {
        return letters.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Bytes given as whole numbers. */
    public static byte[] of(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** {@code size} bytes of a number. */
    public static byte[] number(long value, int size, ByteOrder order) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            int shift = 8 * (order == ByteOrder.LITTLE_ENDIAN ? i : size - 1 - i);
            bytes[i] = (byte) (value >> shift);
        }
        return bytes;
    }

    /** A marker with its segment. */
    public static byte[] jpegSegment(int code, byte[] content) {
        return join(of(0xFF, code), number(content.length + 2, 2, ByteOrder.BIG_ENDIAN), content);
    }

    /** A JPEG with segments put right after its start. */
    public static byte[] intoJpeg(byte[] jpeg, byte[]... segments) {
        byte[] rest = Arrays.copyOfRange(jpeg, 2, jpeg.length);
        return join(of(0xFF, 0xD8), join(segments), rest);
    }

    /** A baseline frame header of three components. */
    public static byte[] jpegFrame(int width, int height) {
        return jpegSegment(
                0xC0,
                join(
                        of(8),
                        number(height, 2, ByteOrder.BIG_ENDIAN),
                        number(width, 2, ByteOrder.BIG_ENDIAN),
                        of(3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0)));
    }

    public static byte[] png(byte[]... chunks) {
        return join(PNG_SIGNATURE, join(chunks));
    }

    public static byte[] pngChunk(String type, byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(latin(type));
        sum.update(content);
        return join(
                number(content.length, 4, ByteOrder.BIG_ENDIAN),
                latin(type),
                content,
                number(sum.getValue(), 4, ByteOrder.BIG_ENDIAN));
    }

    public static byte[] pngHeader(int width, int height, int bits, int colourType, int interlace) {
        ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
        header.put(of(bits, colourType, 0, 0, interlace));
        return pngChunk("IHDR", header.array());
    }

    /** A PNG with chunks put right after its header. */
    public static byte[] intoPng(byte[] png, byte[]... chunks) {
        int header = 8 + 25;
        return join(Arrays.copyOf(png, header), join(chunks), Arrays.copyOfRange(png, header, png.length));
    }

    public static byte[] deflate(byte[] data) {
        Deflater deflater = new Deflater();
        deflater.setInput(data);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }

    /** A RIFF file of WebP chunks. */
    public static byte[] webp(byte[]... chunks) {
        byte[] content = join(latin("WEBP"), join(chunks));
        return join(latin("RIFF"), number(content.length, 4, ByteOrder.LITTLE_ENDIAN), content);
    }

    public static byte[] webpChunk(String type, byte[] content) {
        return join(
                latin(type), number(content.length, 4, ByteOrder.LITTLE_ENDIAN), content, new byte[content.length & 1]);
    }

    /** The header of an extended WebP. */
    public static byte[] webpCanvas(int flags, int width, int height) {
        return webpChunk(
                "VP8X",
                join(
                        of(flags, 0, 0, 0),
                        number(width - 1, 3, ByteOrder.LITTLE_ENDIAN),
                        number(height - 1, 3, ByteOrder.LITTLE_ENDIAN)));
    }

    /** A bitmap of rows without compression. */
    public static byte[] bmp(int width, int height, int bits, byte[] rows) {
        ByteBuffer header = ByteBuffer.allocate(54).order(ByteOrder.LITTLE_ENDIAN);
        header.put(latin("BM")).putInt(54 + rows.length).putInt(0).putInt(54);
        header.putInt(40).putInt(width).putInt(height).putShort((short) 1).putShort((short) bits);
        return join(header.array(), rows);
    }

    /**
     * A little-endian TIFF of one strip, its table first.
     *
     * @param tags short or long values by tag; arrays for several; strips and counts are added
     */
    public static byte[] tiff(Map<Integer, int[]> tags, byte[] strip) {
        SortedMap<Integer, int[]> all = new TreeMap<>(tags);
        all.put(273, new int[] {0});
        all.put(279, new int[] {strip.length});
        int outside = 8 + 2 + 12 * all.size() + 4;
        int data = outside;
        for (int[] values : all.values()) {
            data += values.length > 1 ? 4 * values.length : 0;
        }
        all.put(273, new int[] {data});
        ByteBuffer file = ByteBuffer.allocate(data + strip.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(latin("II")).putShort((short) 42).putInt(8).putShort((short) all.size());
        for (Map.Entry<Integer, int[]> tag : all.entrySet()) {
            int[] values = tag.getValue();
            file.putShort(tag.getKey().shortValue()).putShort((short) 4).putInt(values.length);
            file.putInt(values.length > 1 ? outside : values[0]);
            outside += values.length > 1 ? 4 * values.length : 0;
        }
        file.putInt(0);
        all.values().stream().filter(v -> v.length > 1).forEach(v -> {
            for (int value : v) {
                file.putInt(value);
            }
        });
        return file.put(strip).array();
    }

    /** An EXIF block, from its byte order on, that states an orientation. */
    public static byte[] exif(int orientation) {
        return join(
                of('M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0));
    }
}
