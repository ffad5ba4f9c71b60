package io.toonlake.image;

import java.util.Arrays;

/** The first bytes of a file format: hexadecimal, {@code ..} for a byte that may be anything. */
record Magic(int[] bytes) {

    private static final int ANY = -1;

    static Magic of(String pattern) {
        return new Magic(Arrays.stream(pattern.split(" "))
                .mapToInt(b -> b.equals("..") ? ANY : Integer.parseInt(b, 16))
                .toArray());
    }

    static Magic[] all(String... patterns) {
        return Arrays.stream(patterns).map(Magic::of).toArray(Magic[]::new);
    }

    static boolean any(Magic[] magics, byte[] head) {
        return Arrays.stream(magics).anyMatch(magic -> magic.begins(head));
    }

    boolean begins(byte[] head) {
        if (head.length < bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != ANY && bytes[i] != (head[i] & 0xFF)) {
                return false;
            }
        }
        return true;
    }
}
