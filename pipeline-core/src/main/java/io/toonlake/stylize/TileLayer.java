package io.toonlake.stylize;

import io.toonlake.model.Tensor;
import io.toonlake.network.Activation;
import io.toonlake.network.Padding;

/**
 * A convolution of the generator as a {@link TileChain} has it: its weights, and what of its input a part of its output is made of. Lengths and
 * spans are of rows or of columns, both are alike.
 *
 * @param weight [out, in, k, k]; [in, out, k, k] of a transposed convolution
 * @param bias [out]
 * @param padding beyond the borders of the whole map; a transposed convolution has none
 * @param activation after it
 */
record TileLayer(Step step, Tensor weight, Tensor bias, Padding padding, Activation activation) {
    /** What becomes of height and width. */
    enum Step {
        SAME,
        HALVING,
        /** Doubled by {@link io.toonlake.network.TransposedConvolution}. */
        TRANSPOSED,
        /** Enlarged twice, then convolved, as {@link io.toonlake.network.ResizeConvolution} does. */
        RESIZE
    }

    int kernel() {
        return weight.shape().get(3);
    }

    int inputChannels() {
        return weight.shape().get(step == Step.TRANSPOSED ? 0 : 1);
    }

    int outputChannels() {
        return bias.values().length;
    }

    int outputLength(int length) {
        return switch (step) {
            case SAME -> length;
            case HALVING -> length / 2;
            case TRANSPOSED, RESIZE -> 2 * length;
        };
    }

    /** What the kernel touches to make that output: beyond the map's borders too, and for {@link Step#RESIZE} of the enlarged map. */
    Span reach(Span output) {
        int pixels = kernel() / 2;
        return switch (step) {
            case SAME, RESIZE -> new Span(output.from() - pixels, output.to() + pixels);
            case HALVING -> new Span(2 * output.from() - pixels, 2 * output.to() - 1 + pixels);
            // Row 2i is made of row i, row 2i + 1 of rows i and i + 1.
            case TRANSPOSED -> new Span(output.from() >> 1, (output.to() >> 1) + 1);
        };
    }

    /** What of the input, which is as long, is read to make that output. */
    Span input(Span output, int length) {
        Span reach = reach(output);
        return step == Step.RESIZE ? reach.within(2 * length).halved() : reach.within(length);
    }

    /** What is computed where that output is wanted: a transposed convolution makes up to two rows more, of which the last may be wrong. */
    Span computed(Span output, int length) {
        return step == Step.TRANSPOSED ? input(output, length).doubled() : output;
    }

    TileLayer activated(Activation after) {
        return new TileLayer(step, weight, bias, padding, after);
    }

    /** The layer with its norm in its weights, which is one multiplication less for every value, and with what comes after. */
    TileLayer normalized(ChannelScaling norm, Activation after) {
        float[] weights = weight.values().clone();
        float[] biases = bias.values().clone();
        int perChannel = weights.length / biases.length;
        for (int c = 0; c < biases.length; c++) {
            double factor = norm.factors()[c];
            for (int i = c * perChannel; i < (c + 1) * perChannel; i++) {
                weights[i] = (float) (weights[i] * factor);
            }
            biases[c] = (float) (biases[c] * factor + norm.offsets()[c]);
        }
        return new TileLayer(
                step, new Tensor(weight.shape(), weights), new Tensor(bias.shape(), biases), padding, after);
    }
}
