package io.toonlake.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** EXIF, XMP and IPTC written byte by byte, as cameras and agencies do. */
public final class MetadataBlocks {

    /** A value of a tag. */
    public record Value(int type, int count, byte[] bytes) {}

    private final ByteOrder order;

    public MetadataBlocks(ByteOrder order) {
        this.order = order;
    }

    public static Value text(String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        return new Value(2, bytes.length, bytes);
    }

    public static Value undefined(byte[] bytes) {
        return new Value(7, bytes.length, bytes);
    }

    public Value shortNumber(int value) {
        return new Value(3, 1, RawBytes.number(value, 2, order));
    }

    /** Numerators and denominators. */
    public Value fractions(int... numbers) {
        byte[] bytes = RawBytes.join(Arrays.stream(numbers)
                .mapToObj(number -> RawBytes.number(number, 4, order))
                .toArray(byte[][]::new));
        return new Value(5, numbers.length / 2, bytes);
    }

    /** A block with its first table and, where they are not empty, the two below it, and a thumbnail's after it. */
    public byte[] exif(
            Map<Integer, Value> main, Map<Integer, Value> exposure, Map<Integer, Value> place, byte[] thumbnail) {
        SortedMap<Integer, Value> first = new TreeMap<>(main);
        first.put(0x8769, new Value(4, 1, new byte[4]));
        first.put(0x8825, new Value(4, 1, new byte[4]));
        int secondAt = 8 + table(first, 8, 0).length;
        int thirdAt = secondAt + table(exposure, secondAt, 0).length;
        int fourthAt = thirdAt + table(place, thirdAt, 0).length;
        first.put(0x8769, new Value(4, 1, RawBytes.number(secondAt, 4, order)));
        first.put(0x8825, new Value(4, 1, RawBytes.number(thirdAt, 4, order)));
        Map<Integer, Value> fourth = new TreeMap<>(Map.of(0x0103, shortNumber(6)));
        fourth.put(0x0201, new Value(4, 1, new byte[4]));
        fourth.put(0x0202, new Value(4, 1, RawBytes.number(thumbnail.length, 4, order)));
        int thumbnailAt = fourthAt + table(fourth, fourthAt, 0).length;
        fourth.put(0x0201, new Value(4, 1, RawBytes.number(thumbnailAt, 4, order)));
        return RawBytes.join(
                RawBytes.latin(order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM"),
                RawBytes.number(42, 2, order),
                RawBytes.number(8, 4, order),
                table(first, 8, thumbnail.length > 0 ? fourthAt : 0),
                table(exposure, secondAt, 0),
                table(place, thirdAt, 0),
                thumbnail.length > 0 ? RawBytes.join(table(fourth, fourthAt, 0), thumbnail) : new byte[0]);
    }

    private byte[] table(Map<Integer, Value> table, int at, int next) {
        int outside = at + 2 + 12 * table.size() + 4;
        ByteArrayOutputStream entries = new ByteArrayOutputStream();
        ByteArrayOutputStream values = new ByteArrayOutputStream();
        entries.writeBytes(RawBytes.number(table.size(), 2, order));
        for (Map.Entry<Integer, Value> entry : new TreeMap<>(table).entrySet()) {
            Value value = entry.getValue();
            entries.writeBytes(RawBytes.number(entry.getKey(), 2, order));
            entries.writeBytes(RawBytes.number(value.type(), 2, order));
            entries.writeBytes(RawBytes.number(value.count(), 4, order));
            if (value.bytes().length <= 4) {
                entries.writeBytes(Arrays.copyOf(value.bytes(), 4));
            } else {
                entries.writeBytes(RawBytes.number(outside + values.size(), 4, order));
                values.writeBytes(Arrays.copyOf(value.bytes(), value.bytes().length + (value.bytes().length & 1)));
            }
        }
        entries.writeBytes(RawBytes.number(next, 4, order));
        return RawBytes.join(entries.toByteArray(), values.toByteArray());
    }

    /** A packet whose description of the picture is given. */
    public static byte[] xmp(String properties) {
        return ("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
                        + "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\""
                        + " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\""
                        + " xmlns:xmpRights=\"http://ns.adobe.com/xap/1.0/rights/\" xmlns:xmpMM=\"http://ns.adobe.com/xap/1.0/mm/\""
                        + " xmlns:stEvt=\"http://ns.adobe.com/xap/1.0/sType/ResourceEvent#\" xmlns:cc=\"http://creativecommons.org/ns#\""
                        + " xmlns:exif=\"http://ns.adobe.com/exif/1.0/\" xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\""
                        + " xmlns:crs=\"http://ns.adobe.com/camera-raw-settings/1.0/\">" + properties
                        + "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>")
                .getBytes(StandardCharsets.UTF_8);
    }

    public static byte[] dataset(int record, int number, byte[] value) {
        return RawBytes.join(
                RawBytes.of(0x1C, record, number), RawBytes.number(value.length, 2, ByteOrder.BIG_ENDIAN), value);
    }

    /** One of Photoshop's resources, without a name. */
    public static byte[] resource(int number, byte[] data) {
        return RawBytes.join(
                RawBytes.latin("8BIM"),
                RawBytes.number(number, 2, ByteOrder.BIG_ENDIAN),
                new byte[2],
                RawBytes.number(data.length, 4, ByteOrder.BIG_ENDIAN),
                data,
                new byte[data.length & 1]);
    }

    /** A JPEG with these in its segments, those of no bytes left out. */
    public static byte[] intoJpeg(byte[] jpeg, byte[] exif, byte[] xmp, byte[] photoshop) {
        return RawBytes.intoJpeg(
                jpeg,
                segment(0xE1, "Exif\0\0", exif),
                segment(0xE1, "http://ns.adobe.com/xap/1.0/\0", xmp),
                segment(0xED, "Photoshop 3.0\0", photoshop));
    }

    private static byte[] segment(int code, String letters, byte[] content) {
        return content.length == 0
                ? content
                : RawBytes.jpegSegment(code, RawBytes.join(RawBytes.latin(letters), content));
    }
}
