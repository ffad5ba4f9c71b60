package io.toonlake.stylize;

import static io.toonlake.stylize.FeatureMap.channels;
import static io.toonlake.stylize.FeatureMap.height;
import static io.toonlake.stylize.FeatureMap.width;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastSubOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The affine instance normalization of {@link io.toonlake.network.InstanceNorm}, in place and accurate over millions of
 * pixels: sums run in single precision along one row only, and over the rows in double. The mean is taken off before the
 * squares are summed, so that a channel far from zero keeps its digits.
 *
 * @param scale [C]
 * @param shift [C]
 * @param epsilon added to the biased variance
 */
record InPlaceNorm(INDArray scale, INDArray shift, double epsilon) {
    /** Mean and variance given, scale and shift given, channels on axis 1. */
    private static final int[] ARGUMENTS = {1, 1, 1};

    /** Replaces x [1, C, H, W] by its normalization. */
    void apply(INDArray x) {
        int channels = (int) channels(x);
        INDArray rows = x.reshape('c', channels * height(x), width(x));
        try (INDArray sums = rows.sum(1);
                INDArray mean = perChannel(sums, channels, height(x) * width(x), false);
                INDArray zero = Nd4j.create(DataType.FLOAT, channels)) {
            Nd4j.exec(new BroadcastSubOp(x, mean, x, 1));
            try (INDArray lengths = rows.norm2(1);
                    INDArray variance = perChannel(lengths, channels, height(x) * width(x), true)) {
                Nd4j.exec(DynamicCustomOp.builder("batchnorm")
                        .addInputs(x, zero, variance, scale, shift)
                        .addOutputs(x)
                        .addIntegerArguments(ARGUMENTS)
                        .addFloatingPointArguments(epsilon)
                        .build());
            }
        }
    }

    /** The sum over a channel's rows, of the values or of their squares, divided by its pixels; [C]. */
    private static INDArray perChannel(INDArray perRow, int channels, long pixels, boolean squared) {
        float[] values = perRow.toFloatVector();
        float[] means = new float[channels];
        int height = values.length / channels;
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            for (int row = c * height; row < (c + 1) * height; row++) {
                sum += squared ? (double) values[row] * values[row] : values[row];
            }
            means[c] = (float) (sum / pixels);
        }
        return Nd4j.createFromArray(means);
    }
}
