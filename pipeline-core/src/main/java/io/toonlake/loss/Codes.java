package io.toonlake.loss;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds a constant by the word that settings use for it. */
final class Codes {
    private Codes() {}

    static <T> T find(String what, String code, T[] constants, Function<T, String> codeOf) {
        return Arrays.stream(constants)
                .filter(constant -> codeOf.apply(constant).equals(code))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Invalid %s: %s (must be one of %s)"
                        .formatted(
                                what, code, Arrays.stream(constants).map(codeOf).collect(Collectors.joining(", ")))));
    }
}
