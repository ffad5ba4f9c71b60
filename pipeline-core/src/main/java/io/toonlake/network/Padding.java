package io.toonlake.network;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What a convolution sees beyond the border of its input. */
public enum Padding {
    /** Zeros, as the authors' Torch code has it around the strided, paired and up convolutions. */
    ZERO("zero"),
    /** The input mirrored at its border, the border itself not repeated: {@code c b | a b c | b a}. */
    REFLECT("reflect");

    private final String code;

    Padding(String code) {
        this.code = code;
    }

    /** The word used in settings and in {@code model.json}. */
    public String code() {
        return code;
    }

    /**
     * The padding of that word.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Padding of(String code) {
        return Arrays.stream(values())
                .filter(padding -> padding.code.equals(code))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Invalid padding: %s (must be one of %s)"
                        .formatted(
                                code, Arrays.stream(values()).map(Padding::code).collect(Collectors.joining(", ")))));
    }
}
