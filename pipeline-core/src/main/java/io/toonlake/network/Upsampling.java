package io.toonlake.network;

import java.util.Arrays;
import java.util.stream.Collectors;

/** How the generator doubles height and width again. */
public enum Upsampling {
    /** {@link TransposedConvolution}, as in the paper and the published weights. */
    TRANSPOSED("transposed"),
    /** {@link ResizeConvolution}: it leaves no checkerboard, at twice the arithmetic of the stage. */
    RESIZE("resize");

    private final String code;

    Upsampling(String code) {
        this.code = code;
    }

    /** The word used in settings and in {@code model.json}. */
    public String code() {
        return code;
    }

    /**
     * The upsampling of that word.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Upsampling of(String code) {
        return Arrays.stream(values())
                .filter(upsampling -> upsampling.code.equals(code))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Invalid upsampling: %s (must be one of %s)"
                        .formatted(
                                code,
                                Arrays.stream(values()).map(Upsampling::code).collect(Collectors.joining(", ")))));
    }

    /** The shape of a stage's weight between that many channels. */
    public long[] weightShape(int inputChannels, int outputChannels) {
        return filter(Padding.ZERO).weightShape(inputChannels, outputChannels);
    }

    Filter filter(Padding padding) {
        return this == TRANSPOSED ? new Filter.Up() : new ResizeConvolution(padding);
    }
}
