package io.toonlake.image;

import static io.toonlake.image.FileBytes.corrupt;

import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One table of tags, as TIFF files and EXIF blocks hold them (TIFF 6.0, section 2).
 *
 * @param next where the following table stands, 0 for none
 */
record Ifd(FileBytes file, Map<Integer, Entry> entries, long next) {

    private static final int[] BYTES_OF_TYPE = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
    private static final int SHORT = 3;

    /** The values lie at {@code at}, {@code count} of them. */
    record Entry(int type, long count, long at) {}

    /** The bytes in their own order, which the first two letters tell. */
    static FileBytes open(byte[] data) throws ImageRefusedException {
        FileBytes file = new FileBytes(data, ByteOrder.BIG_ENDIAN);
        return file.u16(0) == 0x4949 ? new FileBytes(data, ByteOrder.LITTLE_ENDIAN) : file;
    }

    /** Reads the table at a position; every value must lie within the data. */
    static Ifd read(FileBytes file, long at) throws ImageRefusedException {
        int count = file.u16(at);
        if (count == 0) {
            throw corrupt("the table at byte " + at + " is empty");
        }
        file.require(at + 2, 12L * count + 4);
        Map<Integer, Entry> entries = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            long entry = at + 2 + 12L * i;
            int type = file.u16(entry + 2);
            if (type == 0 || type >= BYTES_OF_TYPE.length) {
                continue; // readers are to skip types they do not know (TIFF 6.0, section 2)
            }
            long values = file.u32(entry + 4);
            long bytes = values * BYTES_OF_TYPE[type];
            long position = bytes <= 4 ? entry + 8 : file.u32(entry + 8);
            file.require(position, bytes);
            entries.putIfAbsent(file.u16(entry), new Entry(type, values, position));
        }
        return new Ifd(file, entries, file.u32(at + 2 + 12L * count));
    }

    Optional<Entry> entry(int tag) {
        return Optional.ofNullable(entries.get(tag));
    }

    /** A tag's whole numbers, unsigned; empty where the tag is absent. */
    long[] numbers(int tag) throws ImageRefusedException {
        Entry entry = entries.get(tag);
        if (entry == null) {
            return new long[0];
        }
        int size = BYTES_OF_TYPE[entry.type()];
        if (size == 8) {
            throw corrupt("tag " + tag + " is of type " + entry.type() + ", no whole number");
        }
        long[] numbers = new long[Math.toIntExact(entry.count())];
        for (int i = 0; i < numbers.length; i++) {
            long at = entry.at() + (long) i * size;
            numbers[i] = size == 1 ? file.u8(at) : size == 2 ? file.u16(at) : file.u32(at);
        }
        return numbers;
    }

    /** A tag's first number, or the default where it is absent. */
    long number(int tag, long absent) throws ImageRefusedException {
        long[] numbers = numbers(tag);
        return numbers.length == 0 ? absent : numbers[0];
    }

    /** A tag's bytes. */
    Optional<byte[]> bytes(int tag) throws ImageRefusedException {
        Entry entry = entries.get(tag);
        return entry == null
                ? Optional.empty()
                : Optional.of(file.copy(entry.at(), entry.count() * BYTES_OF_TYPE[entry.type()]));
    }

    /** Orientation as EXIF states it, 1 to 8; anything else is 1, the picture as it is. */
    int orientation() throws ImageRefusedException {
        Entry entry = entries.get(Orientation.TAG);
        long stated = entry != null && entry.type() == SHORT ? number(Orientation.TAG, 1) : 1;
        return stated >= 1 && stated <= 8 ? (int) stated : 1;
    }
}
