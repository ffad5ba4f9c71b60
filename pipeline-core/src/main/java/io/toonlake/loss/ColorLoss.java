package io.toonlake.loss;

import java.io.Serializable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
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
        try (INDArray vertical = blur(height, pictures.dataType());
                INDArray horizontal = blur(width, pictures.dataType());
                INDArray difference = pictures.sub(photos);
                // Columns of a picture lie side by side in it: [N, C, W, H].
                INDArray blurred = alongBoth(difference, horizontal, vertical)) {
            double norm = blurred.norm2Number().doubleValue();
            double value = norm * norm / blurred.length();
            blurred.muli(2.0 / blurred.length());
            try (INDArray verticalAdjoint = vertical.transpose().dup('c');
                    INDArray horizontalAdjoint = horizontal.transpose().dup('c')) {
                return new Loss(value, alongBoth(blurred, verticalAdjoint, horizontalAdjoint));
            }
        }
    }

    /**
     * Applies a matrix to every row of a picture, and another one to every column.
     *
     * @param pictures [N, C, H, W]
     * @param ofRows [W, W'], what a row is multiplied by
     * @param ofColumns [H, H']
     * @return [N, C, W', H'], the caller's to free
     */
    private static INDArray alongBoth(INDArray pictures, INDArray ofRows, INDArray ofColumns) {
        try (INDArray rows = times(pictures, ofRows);
                INDArray turned = rows.permute(0, 1, 3, 2).dup('c')) {
            return times(turned, ofColumns);
        }
    }

    private static INDArray times(INDArray pictures, INDArray matrix) {
        long side = pictures.size(3);
        long rows = pictures.length() / side;
        INDArray product = Nd4j.createUninitialized(pictures.dataType(), new long[] {rows, matrix.size(1)}, 'c');
        INDArray flat = pictures.ordering() == 'c'
                ? pictures.reshape('c', rows, side)
                : pictures.dup('c').reshape('c', rows, side);
        flat.mmuli(matrix, product);
        return product.reshape('c', pictures.size(0), pictures.size(1), pictures.size(2), matrix.size(1));
    }

    /** [side, side]: column i holds the Gaussian around pixel i; at a border what is left of it weighs as much as a whole one. */
    private INDArray blur(long side, DataType dataType) {
        int pixels = Math.toIntExact(side);
        double[][] weights = new double[pixels][pixels];
        for (int to = 0; to < pixels; to++) {
            double sum = 0;
            for (int from = 0; from < pixels; from++) {
                double sigmas = (from - to) / sigmaPixels;
                if (Math.abs(sigmas) <= REACH_SIGMAS) {
                    weights[from][to] = Math.exp(-sigmas * sigmas / 2);
                    sum += weights[from][to];
                }
            }
            for (int from = 0; from < pixels; from++) {
                weights[from][to] /= sum;
            }
        }
        return Nd4j.create(weights).castTo(dataType);
    }
}
