package io.toonlake.stylize;

import java.util.OptionalInt;

/**
 * What ONNX Runtime computes on.
 *
 * @param gpu number of an NVIDIA GPU, from 0, as CUDA counts in this process; empty for the CPU
 */
public record Processor(OptionalInt gpu) {
    public static final Processor CPU = new Processor(OptionalInt.empty());

    /** @throws IllegalArgumentException where the number is negative */
    public static Processor gpu(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("Invalid number of a GPU: %d (must be >= 0)".formatted(number));
        }
        return new Processor(OptionalInt.of(number));
    }

    public boolean isGpu() {
        return gpu.isPresent();
    }

    @Override
    public String toString() {
        return isGpu() ? "GPU " + gpu.getAsInt() : "the CPU";
    }
}
