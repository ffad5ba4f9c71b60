package io.toonlake.loss;

import java.io.Serializable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * How much neighbouring pixels of a picture differ: mean |d| over neighbours in a column, plus the same in a row, where a difference
 * counts up to a limit. What is left where it is small is flat areas. White-box cartoonization (Wang and Yu, CVPR 2020, section 3.4) has
 * one without a limit, squared in its code; with one an edge may be as clear as the other losses like it, where without every edge is
 * pulled towards grey.
 *
 * @param weight what the loss weighs against the adversarial one; 0 leaves it out, as the paper does
 * @param limit the largest difference that is counted, in values of [-1, 1]; 2 counts all of them
 */
public record TotalVariationLoss(double weight, double limit) implements Serializable {
    /** CartoonGAN's: none. */
    public static final TotalVariationLoss NONE = new TotalVariationLoss(0, 2);

    private static final int ROWS = 2;
    private static final int COLUMNS = 3;

    public TotalVariationLoss {
        if (!(weight >= 0) || !(limit > 0)) {
            throw new IllegalArgumentException(
                    "Invalid total variation loss: weight %s, limit %s (must be >= 0, > 0)".formatted(weight, limit));
        }
    }

    /** Whether it takes part in training. */
    public boolean used() {
        return weight > 0;
    }

    /**
     * The loss, not multiplied by its weight, and its derivative by {@code pictures}; of a difference of 0, and of one at the limit, it
     * is 0.
     *
     * @param pictures [N, C, H, W], H and W at least 2; they stay unchanged
     */
    public Loss of(INDArray pictures) {
        INDArray gradient = Nd4j.zeros(pictures.dataType(), pictures.shape());
        double value = along(ROWS, pictures, gradient) + along(COLUMNS, pictures, gradient);
        return new Loss(value, gradient);
    }

    private double along(int dimension, INDArray pictures, INDArray gradient) {
        long last = pictures.size(dimension) - 1;
        INDArrayIndex before = NDArrayIndex.interval(0, last);
        INDArrayIndex after = NDArrayIndex.interval(1, last + 1);
        // dup: a view's memory is the whole's, so that it could not be freed by itself.
        try (INDArray difference = at(pictures, dimension, after).dup('c')) {
            difference.subi(at(pictures, dimension, before));
            try (INDArray size = Transforms.abs(difference, true)) {
                try (INDArray within = size.lt(limit);
                        INDArray counted = within.castTo(pictures.dataType())) {
                    Transforms.sign(difference, false).muli(counted);
                }
                Transforms.min(size, limit, false);
                double mean = size.meanNumber().doubleValue();
                difference.divi(difference.length());
                at(gradient, dimension, after).addi(difference);
                at(gradient, dimension, before).subi(difference);
                return mean;
            }
        }
    }

    private static INDArray at(INDArray pictures, int dimension, INDArrayIndex index) {
        return dimension == ROWS
                ? pictures.get(NDArrayIndex.all(), NDArrayIndex.all(), index, NDArrayIndex.all())
                : pictures.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.all(), index);
    }
}
