package io.toonlake.network;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A frozen network that turns pictures into features: two pictures with close features show the same content. It is never
 * trained, and its weights are no part of what parameter averaging moves.
 *
 * <p>Pictures are [N, 3, H, W], BGR, [-1, 1]; features are [N, C, H', W'], with
 * H' = H/8 and W' = W/8 rounded down at VGG19's conv4_4, after three poolings.
 */
public interface FeatureExtractor extends AutoCloseable {
    /** The features of the pictures: a new array, the caller's to free. */
    INDArray features(INDArray pictures);

    /** The same, keeping what the way back needs. */
    Recording record(INDArray pictures);

    /** What these features are, in words a report can print: network, widths, layer, padding, where the weights come from. */
    String description();

    @Override
    void close();

    /** One forward pass. */
    interface Recording extends AutoCloseable {
        /** The features; they stay the recording's. */
        INDArray features();

        /**
         * The gradient at the pictures, a new array.
         *
         * @param gradient at the features; it is taken over and freed
         */
        INDArray backward(INDArray gradient);

        @Override
        void close();
    }
}
