package io.toonlake.loss;

import java.io.Serializable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How far the colours of a picture's areas are from those of the photo it was made of: mean squared difference of both, blurred
 * (Ignatov et al., ICCV 2017, section 3.1.1). What is smaller than the blur, edges and textures, is left to the other losses. Squares
 * forgive the many small differences that flat areas are made of, and not a sky that has changed its colour.
 *
 * @param weight what the loss weighs against the adversarial one; 0 leaves it out, as the paper does
 * @param sigmaPixels standard deviation of the Gaussian that blurs
 */
public record ColorLoss(double weight, double sigmaPixels) implements Serializable {
    /** CartoonGAN's: none. */
    public static final ColorLoss NONE = new ColorLoss(0, 1);

    /** Beyond it a Gaussian holds less than a hundred-thousandth. */
    private static final double REACH_SIGMAS = 4.5;

    private static final int WEIGHTS_OUT_IN = 1;

    public ColorLoss {
        if (!(weight >= 0) || !(sigmaPixels > 0)) {
            throw new IllegalArgumentException("Invalid colour loss: weight %s, sigma %s pixels (must be >= 0, > 0)"
                    .formatted(weight, sigmaPixels));
        }
    }

    /** Whether it takes part in training. */
    public boolean used() {
        return weight > 0;
    }

    /**
     * The loss, not multiplied by its weight, and its derivative by {@code pictures}.
     *
     * @param pictures [N, C, H, W]; they stay unchanged
     * @param photos of the same shape
     */
    public Loss between(INDArray pictures, INDArray photos) {
        long height = pictures.size(2);
        long width = pictures.size(3);
        // Not a view, of which nothing could be freed.
        INDArray gradient = Nd4j.createUninitialized(pictures.dataType(), pictures.shape(), 'c');
        try (INDArray difference = Nd4j.createUninitialized(pictures.dataType(), pictures.shape(), 'c');
                INDArray blurred = Nd4j.createUninitialized(pictures.dataType(), pictures.shape(), 'c');
                INDArray kernel = kernel(pictures.dataType());
                INDArray scale = wholeKernels(height, width, pictures.dataType())) {
            pictures.subi(photos, difference);
            convolve(difference, kernel, blurred);
            blurred.muli(scale);
            double norm = blurred.norm2Number().doubleValue();
            // The kernel is symmetric, so that the same two steps in the opposite order lead back.
            blurred.muli(2.0 / blurred.length()).muli(scale);
            convolve(blurred, kernel, gradient);
            return new Loss(norm * norm / blurred.length(), gradient);
        }
    }

    /**
     * A column and then a row of the Gaussian over every plane; nothing is beyond the borders. As convolutions: a product of matrices would
     * wake the threads of BLAS, which then take the other workers' cores.
     */
    private static void convolve(INDArray pictures, INDArray kernel, INDArray result) {
        long length = kernel.length();
        try (INDArray columns = Nd4j.createUninitialized(pictures.dataType(), pictures.shape(), 'c')) {
            convolve(pictures, kernel.reshape('c', 1, 1, length, 1), (int) length / 2, 0, columns);
            convolve(columns, kernel.reshape('c', 1, 1, 1, length), 0, (int) length / 2, result);
        }
    }

    private static void convolve(INDArray pictures, INDArray kernel, int zerosAbove, int zerosBefore, INDArray result) {
        long[] planes = {pictures.size(0) * pictures.size(1), 1, pictures.size(2), pictures.size(3)};
        Nd4j.exec(DynamicCustomOp.builder("conv2d")
                .addInputs(pictures.reshape('c', planes), kernel)
                .addOutputs(result.reshape('c', planes))
                .addIntegerArguments(
                        (int) kernel.size(2),
                        (int) kernel.size(3),
                        1,
                        1,
                        zerosAbove,
                        zerosBefore,
                        1,
                        1,
                        0,
                        0,
                        WEIGHTS_OUT_IN)
                .build());
    }

    private INDArray kernel(DataType dataType) {
        double[] weights = kernel();
        return Nd4j.create(weights, new long[] {weights.length}, dataType);
    }

    private double[] kernel() {
        int reach = reach();
        double[] weights = new double[2 * reach + 1];
        for (int i = 0; i < weights.length; i++) {
            double sigmas = (i - reach) / sigmaPixels;
            weights[i] = Math.exp(-sigmas * sigmas / 2);
        }
        return weights;
    }

    private int reach() {
        return (int) Math.ceil(REACH_SIGMAS * sigmaPixels);
    }

    /** [1, 1, H, W]: what makes the part of the kernel that lies within the picture weigh 1. */
    private INDArray wholeKernels(long height, long width, DataType dataType) {
        double[] rows = wholeKernels(height);
        double[] columns = wholeKernels(width);
        double[] scale = new double[rows.length * columns.length];
        for (int y = 0; y < rows.length; y++) {
            for (int x = 0; x < columns.length; x++) {
                scale[y * columns.length + x] = rows[y] * columns[x];
            }
        }
        return Nd4j.create(scale, new long[] {1, 1, height, width}, dataType);
    }

    private double[] wholeKernels(long side) {
        double[] kernel = kernel();
        int reach = reach();
        double[] scale = new double[Math.toIntExact(side)];
        for (int i = 0; i < scale.length; i++) {
            double within = 0;
            for (int at = Math.max(0, i - reach); at <= Math.min(scale.length - 1, i + reach); at++) {
                within += kernel[at - i + reach];
            }
            scale[i] = 1 / within;
        }
        return scale;
    }
}
