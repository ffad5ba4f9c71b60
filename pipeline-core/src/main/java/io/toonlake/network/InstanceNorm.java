package io.toonlake.network;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.summarystats.Variance;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Affine instance normalization: every channel of every picture is brought to mean 0 and variance 1 over its own
 * pixels, then scaled and shifted. The variance is the biased one.
 *
 * <p>y = scale · (x − mean) / √(variance + epsilon) + shift; x and y [N, C, H, W], scale and shift [C].
 *
 * <p>The paper writes batch normalization; the authors' code and weights have this. It is computed as a batch
 * normalization of [1, N·C, H, W], which oneDNN has and which is many times faster than a composed one.
 *
 * @param epsilon added to the variance: 1e-5 in the authors' code, 1e-9 in ports of their weights
 */
public record InstanceNorm(double epsilon) {
    /** Training mode off, scale and shift given, channels on axis 1. */
    private static final int[] ARGUMENTS = {1, 1, 1};

    /**
     * Mean and biased variance of every channel of every picture, each [N·C].
     *
     * <p>Kept apart from the normalization, so that tiles of one picture can be normalized by the statistics of the whole.
     */
    public record Statistics(INDArray mean, INDArray variance) implements AutoCloseable {
        /** The statistics of x, [N, C, H, W]. */
        public static Statistics of(INDArray x) {
            long channels = x.size(0) * x.size(1);
            INDArray mean = Nd4j.createUninitialized(x.dataType(), channels);
            INDArray variance = Nd4j.createUninitialized(x.dataType(), channels);
            if (HostLoops.reach(x)) {
                new InstanceNormLoops(x).statistics(x, mean, variance);
                return new Statistics(mean, variance);
            }
            INDArray planes = x.reshape('c', channels, x.size(2) * x.size(3));
            planes.mean(mean, 1);
            Nd4j.getExecutioner().exec(new Variance(planes, variance, false, 1));
            return new Statistics(mean, variance);
        }

        @Override
        public void close() {
            mean.close();
            variance.close();
        }
    }

    /**
     * The picture normalized by the given statistics.
     *
     * @return a new array shaped like x
     */
    public INDArray forward(INDArray x, Statistics statistics, INDArray scale, INDArray shift) {
        return forward(x, statistics, scale, shift, Activation.NONE);
    }

    /** The same followed by an activation, which on the host goes along with it instead of through the memory once more. */
    INDArray forward(INDArray x, Statistics statistics, INDArray scale, INDArray shift, Activation activation) {
        INDArray y = Nd4j.createUninitialized(x.dataType(), x.shape(), 'c');
        if (HostLoops.reach(x, statistics.mean(), statistics.variance(), scale, shift)) {
            new InstanceNormLoops(x)
                    .forward(
                            x,
                            InstanceNormLoops.copy(statistics.mean()),
                            deviation(statistics),
                            InstanceNormLoops.copy(scale),
                            InstanceNormLoops.copy(shift),
                            activation.slope().orElse(1),
                            y);
            if (activation.slope().isEmpty()) {
                activation.forward(y);
            }
            return y;
        }
        INDArray scales = perPicture(scale, x.size(0));
        INDArray shifts = perPicture(shift, x.size(0));
        Nd4j.exec(DynamicCustomOp.builder("batchnorm")
                .addInputs(flat(x), statistics.mean(), statistics.variance(), scales, shifts)
                .addOutputs(flat(y))
                .addIntegerArguments(ARGUMENTS)
                .addFloatingPointArguments(epsilon)
                .build());
        release(scales, scale);
        release(shifts, shift);
        activation.forward(y);
        return y;
    }

    /**
     * The gradient at the input, the statistics being those of this very input; the gradients of scale and shift are
     * written to the given arrays.
     *
     * @param gradient at the output, shaped like x
     * @param scaleGradient overwritten, [C]
     * @param shiftGradient overwritten, [C]
     * @return a new array shaped like x
     */
    public INDArray backward(
            INDArray x,
            Statistics statistics,
            INDArray scale,
            INDArray shift,
            INDArray gradient,
            INDArray scaleGradient,
            INDArray shiftGradient) {
        long pictures = x.size(0);
        long channels = x.size(1);
        INDArray inputGradient = Nd4j.createUninitialized(x.dataType(), x.shape(), 'c');
        if (HostLoops.reach(x, statistics.mean(), statistics.variance(), scale, gradient)) {
            double[] scaleGradients = new double[Math.toIntExact(pictures * channels)];
            double[] shiftGradients = new double[scaleGradients.length];
            new InstanceNormLoops(x)
                    .backward(
                            x,
                            InstanceNormLoops.copy(statistics.mean()),
                            deviation(statistics),
                            InstanceNormLoops.copy(scale),
                            gradient,
                            inputGradient,
                            scaleGradients,
                            shiftGradients);
            ChannelSums.assignOverPictures(scaleGradient, scaleGradients);
            ChannelSums.assignOverPictures(shiftGradient, shiftGradients);
            return inputGradient;
        }
        INDArray scales = perPicture(scale, pictures);
        INDArray shifts = perPicture(shift, pictures);
        // Rows: gradients of mean, variance (both already counted in the input's), scale and shift of every picture.
        INDArray perChannel = Nd4j.create(x.dataType(), 4, pictures * channels);
        Nd4j.exec(DynamicCustomOp.builder("batchnorm_bp")
                .addInputs(flat(x), statistics.mean(), statistics.variance(), scales, shifts, flat(gradient))
                .addOutputs(
                        flat(inputGradient),
                        perChannel.getRow(0),
                        perChannel.getRow(1),
                        perChannel.getRow(2),
                        perChannel.getRow(3))
                .addIntegerArguments(ARGUMENTS)
                .addFloatingPointArguments(epsilon)
                .build());
        sumOverPictures(perChannel.getRow(2), pictures, scaleGradient);
        sumOverPictures(perChannel.getRow(3), pictures, shiftGradient);
        release(scales, scale);
        release(shifts, shift);
        perChannel.close();
        return inputGradient;
    }

    private float[] deviation(Statistics statistics) {
        float[] deviation = InstanceNormLoops.copy(statistics.variance());
        for (int plane = 0; plane < deviation.length; plane++) {
            deviation[plane] = (float) Math.sqrt(deviation[plane] + epsilon);
        }
        return deviation;
    }

    private static void sumOverPictures(INDArray perPicture, long pictures, INDArray sum) {
        try (INDArray summed =
                perPicture.reshape(pictures, perPicture.length() / pictures).sum(0)) {
            sum.assign(summed);
        }
    }

    private static INDArray flat(INDArray x) {
        return x.reshape('c', 1, x.size(0) * x.size(1), x.size(2), x.size(3));
    }

    private static INDArray perPicture(INDArray perChannel, long pictures) {
        return pictures == 1 ? perChannel : Nd4j.tile(perChannel, (int) pictures);
    }

    private static void release(INDArray tiled, INDArray original) {
        if (tiled != original) {
            tiled.close();
        }
    }
}
