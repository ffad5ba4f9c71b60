package io.toonlake.image;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The ICC profile of a JPEG, put together from its numbered pieces (ICC.1, annex B.4). */
final class JpegProfile {

    private static final String LETTERS = "ICC_PROFILE\0";
    private static final int HEADER = LETTERS.length() + 2;

    private final SortedMap<Integer, byte[]> pieces = new TreeMap<>();
    private int count;

    /** Takes the content of an APP2 segment; another than a profile's is passed over. */
    void add(FileBytes file, int at, int length) throws ImageRefusedException {
        if (length > HEADER && file.text(at, LETTERS.length()).equals(LETTERS)) {
            count = file.u8(at + LETTERS.length() + 1L);
            pieces.putIfAbsent(file.u8(at + LETTERS.length()), file.copy(at + HEADER, length - HEADER));
        }
    }

    /** The whole profile, no bytes where pieces are missing, empty where there is none at all. */
    Optional<byte[]> bytes() {
        if (pieces.isEmpty()) {
            return Optional.empty();
        }
        if (pieces.firstKey() != 1 || pieces.lastKey() != count || pieces.size() != count) {
            return Optional.of(new byte[0]);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        pieces.values().forEach(whole::writeBytes);
        return Optional.of(whole.toByteArray());
    }
}
