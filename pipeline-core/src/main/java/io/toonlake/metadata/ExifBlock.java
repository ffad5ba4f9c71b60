package io.toonlake.metadata;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * An EXIF block (EXIF 2.32, on TIFF 6.0): the first table and, below it, those of the exposure and of the place. Values are carried byte for byte,
 * in the block's own order, since cameras fill them with texts and fractions that no reader makes the same sense of; tables are
 * laid out anew. The second table, which describes a thumbnail, is never read.
 */
final class ExifBlock {

    private static final int[] BYTES_OF_TYPE = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
    private static final int ASCII = 2;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int RATIONAL = 5;
    private static final int UNDEFINED = 7;
    private static final int TABLE = 13;

    private static final int ORIENTATION = 0x0112;
    private static final int X_RESOLUTION = 0x011A;
    private static final int Y_RESOLUTION = 0x011B;
    private static final int RESOLUTION_UNIT = 0x0128;
    private static final int INCH = 2;
    private static final int SOFTWARE = 0x0131;
    private static final int ARTIST = 0x013B;
    private static final int COPYRIGHT = 0x8298;
    private static final int CHROMA_POSITION = 0x0213;
    private static final int CENTERED = 1;
    private static final int EXIF_TABLE = 0x8769;
    private static final int GPS_TABLE = 0x8825;
    private static final int WINDOWS_AUTHOR = 0x9C9D;

    private static final int VERSION = 0x9000;
    private static final int COMPONENTS = 0x9101;
    private static final int FLASHPIX_VERSION = 0xA000;
    private static final int COLOR_SPACE = 0xA001;
    private static final int PIXEL_X_DIMENSION = 0xA002;
    private static final int PIXEL_Y_DIMENSION = 0xA003;
    private static final int SRGB = 1;

    /** What describes a picture whatever its pixels. A TIFF's first table holds, beside these, where its pixels are. */
    private static final Set<Integer> DESCRIPTIONS = Set.of(
            0x010D, // DocumentName
            0x010E, // ImageDescription
            0x010F, // Make
            0x0110, // Model
            X_RESOLUTION,
            Y_RESOLUTION,
            RESOLUTION_UNIT,
            0x0132, // DateTime
            ARTIST,
            0x013C, // HostComputer
            0x4746, // Rating
            0x4749, // RatingPercent
            COPYRIGHT,
            0x9C9B, // XPTitle
            0x9C9C, // XPComment
            WINDOWS_AUTHOR,
            0x9C9E, // XPKeywords
            0x9C9F); // XPSubject

    private static final Set<Integer> ATTRIBUTIONS = Set.of(ARTIST, COPYRIGHT, WINDOWS_AUTHOR);

    /** What describes the photo's own pixels, or cannot be moved. */
    private static final Set<Integer> OF_THE_PHOTO = Set.of(
            0x9102, // CompressedBitsPerPixel
            0x9214, // SubjectArea, in pixels
            0x927C, // MakerNote
            COLOR_SPACE,
            PIXEL_X_DIMENSION,
            PIXEL_Y_DIMENSION,
            0xA005, // where the table of interoperability is, which tells of Adobe RGB
            0xA20E, // FocalPlaneXResolution, in pixels
            0xA20F, // FocalPlaneYResolution
            0xA210, // FocalPlaneResolutionUnit
            0xA214, // SubjectLocation, in pixels
            0xA500, // Gamma
            0xEA1C); // padding

    /** Of all values: more has no place in a JPEG, and entries may name the same bytes again and again. */
    private static final long MOST_BYTES = 1 << 17;

    private record Value(int type, long count, byte[] bytes) {}

    private final ByteBuffer data;
    private final Map<Integer, Value> main = new TreeMap<>();
    private final Map<Integer, Value> exposure = new TreeMap<>();
    private final Map<Integer, Value> place = new TreeMap<>();
    private long valueBytes;
    private boolean damaged;

    private ExifBlock(byte[] block) {
        this.data = ByteBuffer.wrap(block);
    }

    /** Reads what can be read; a block of no bytes has no values. */
    static ExifBlock read(byte[] given) {
        ExifBlock block = new ExifBlock(given);
        if (given.length > 0) {
            block.read();
        }
        return block;
    }

    /** Whether something in it could not be read, and is left out. */
    boolean isDamaged() {
        return damaged;
    }

    private void read() {
        if (data.limit() < 8 || data.getShort(0) != 0x4949 && data.getShort(0) != 0x4D4D) {
            damaged = true;
            return;
        }
        data.order(data.getShort(0) == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        if (data.getShort(2) != 42) {
            damaged = true;
            return;
        }
        read(u32(4), main, tag -> DESCRIPTIONS.contains(tag) || tag == EXIF_TABLE || tag == GPS_TABLE);
        readBelow(EXIF_TABLE, exposure, tag -> !OF_THE_PHOTO.contains(tag));
        readBelow(GPS_TABLE, place, tag -> true);
    }

    private void readBelow(int pointer, Map<Integer, Value> table, IntPredicate wanted) {
        Value where = main.remove(pointer);
        if (where != null && (where.type() == LONG || where.type() == TABLE) && where.count() == 1) {
            read(ByteBuffer.wrap(where.bytes()).order(data.order()).getInt() & 0xFFFFFFFFL, table, wanted);
        } else {
            damaged |= where != null;
        }
    }

    private void read(long at, Map<Integer, Value> table, IntPredicate wanted) {
        if (!holds(at, 2)) {
            damaged = true;
            return;
        }
        int count = u16(at);
        for (int i = 0; i < count; i++) {
            long entry = at + 2 + 12L * i;
            if (!holds(entry, 12)) {
                damaged = true;
                return;
            }
            int type = u16(entry + 2);
            // Readers are to skip types they do not know (TIFF 6.0, section 2).
            if (wanted.test(u16(entry)) && type > 0 && type < BYTES_OF_TYPE.length) {
                read(entry, type, table);
            }
        }
    }

    private void read(long entry, int type, Map<Integer, Value> table) {
        long count = u32(entry + 4);
        long length = count * BYTES_OF_TYPE[type];
        long at = length <= 4 ? entry + 8 : u32(entry + 8);
        if (holds(at, length) && valueBytes + length <= MOST_BYTES) {
            valueBytes += length;
            byte[] bytes = Arrays.copyOfRange(data.array(), (int) at, (int) (at + length));
            table.putIfAbsent(u16(entry), new Value(type, count, bytes));
        } else {
            damaged = true;
        }
    }

    private boolean holds(long at, long length) {
        return at >= 0 && at + length <= data.limit();
    }

    private int u16(long at) {
        return data.getShort((int) at) & 0xFFFF;
    }

    private long u32(long at) {
        return data.getInt((int) at) & 0xFFFFFFFFL;
    }

    /** A block for the picture. Also where nothing of the photo's is chosen it tells size, colours and the note. */
    byte[] chosen(MetadataChoice choice, ModificationNote note, int width, int height) {
        Map<Integer, Value> first = new TreeMap<>();
        Map<Integer, Value> second = new TreeMap<>();
        Map<Integer, Value> third = new TreeMap<>();
        if (choice == MetadataChoice.KEEP) {
            first.putAll(main);
            second.putAll(exposure);
            third.putAll(place);
        } else if (choice == MetadataChoice.ATTRIBUTION) {
            first.putAll(main);
            first.keySet().retainAll(ATTRIBUTIONS);
        }
        first.put(ORIENTATION, number(SHORT, 1));
        first.put(SOFTWARE, text(note.sentence()));
        second.putIfAbsent(VERSION, undefined("0232"));
        // What EXIF asks of every JPEG, and where nobody knows better, the values it gives for that.
        first.put(CHROMA_POSITION, number(SHORT, CENTERED));
        first.putIfAbsent(X_RESOLUTION, dotsPerInch());
        first.putIfAbsent(Y_RESOLUTION, dotsPerInch());
        first.putIfAbsent(RESOLUTION_UNIT, number(SHORT, INCH));
        second.putIfAbsent(COMPONENTS, undefined("\1\2\3\0"));
        second.putIfAbsent(FLASHPIX_VERSION, undefined("0100"));
        second.put(COLOR_SPACE, number(SHORT, SRGB));
        second.put(PIXEL_X_DIMENSION, number(LONG, width));
        second.put(PIXEL_Y_DIMENSION, number(LONG, height));
        return laidOut(first, second, third);
    }

    private Value number(int type, int number) {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES_OF_TYPE[type]).order(data.order());
        return new Value(type, 1, (type == SHORT ? bytes.putShort((short) number) : bytes.putInt(number)).array());
    }

    private static Value undefined(String letters) {
        return new Value(UNDEFINED, letters.length(), letters.getBytes(StandardCharsets.US_ASCII));
    }

    private Value dotsPerInch() {
        return new Value(
                RATIONAL,
                1,
                ByteBuffer.allocate(8).order(data.order()).putInt(72).putInt(1).array());
    }

    /** In UTF-8, as the Metadata Working Group has it where ASCII will not do. */
    private static Value text(String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        return new Value(ASCII, bytes.length, bytes);
    }

    private byte[] laidOut(Map<Integer, Value> first, Map<Integer, Value> second, Map<Integer, Value> third) {
        // Room for the pointers, so that lengths are known.
        first.put(EXIF_TABLE, number(LONG, 0));
        if (!third.isEmpty()) {
            first.put(GPS_TABLE, number(LONG, 0));
        }
        int secondAt = 8 + length(first);
        int thirdAt = secondAt + length(second);
        first.put(EXIF_TABLE, number(LONG, secondAt));
        first.computeIfPresent(GPS_TABLE, (tag, zero) -> number(LONG, thirdAt));
        ByteBuffer block = ByteBuffer.allocate(thirdAt + (third.isEmpty() ? 0 : length(third)))
                .order(data.order());
        block.putShort((short) (data.order() == ByteOrder.LITTLE_ENDIAN ? 0x4949 : 0x4D4D));
        block.putShort((short) 42).putInt(8);
        put(block, first);
        put(block, second);
        if (!third.isEmpty()) {
            put(block, third);
        }
        return block.array();
    }

    /** What a table takes with its values, each of which begins at an even position. */
    private static int length(Map<Integer, Value> table) {
        int length = 2 + 12 * table.size() + 4;
        for (Value value : table.values()) {
            length += outside(value);
        }
        return length;
    }

    private static int outside(Value value) {
        return value.bytes().length <= 4 ? 0 : value.bytes().length + (value.bytes().length & 1);
    }

    private static void put(ByteBuffer block, Map<Integer, Value> table) {
        int at = block.position() + 2 + 12 * table.size() + 4;
        ByteArrayOutputStream values = new ByteArrayOutputStream();
        block.putShort((short) table.size());
        for (Map.Entry<Integer, Value> entry : table.entrySet()) {
            Value value = entry.getValue();
            block.putShort((short) (int) entry.getKey()).putShort((short) value.type());
            block.putInt((int) value.count());
            if (value.bytes().length <= 4) {
                block.put(Arrays.copyOf(value.bytes(), 4));
            } else {
                block.putInt(at + values.size());
                values.writeBytes(Arrays.copyOf(value.bytes(), outside(value)));
            }
        }
        block.putInt(0).put(values.toByteArray());
    }
}
