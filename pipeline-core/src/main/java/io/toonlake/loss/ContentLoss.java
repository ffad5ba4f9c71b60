package io.toonlake.loss;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** How far the features of a picture are from those of the photo it was made of. The formulas are the package's. */
public enum ContentLoss {
    /** Mean absolute difference, the paper's choice. */
    L1("l1") {
        @Override
        Loss ofDifference(INDArray difference) {
            double value = difference.ameanNumber().doubleValue();
            Transforms.sign(difference, false);
            return new Loss(value, difference.divi(difference.length()));
        }
    },
    /** Mean squared difference, the paper's ablation. */
    L2("l2") {
        @Override
        Loss ofDifference(INDArray difference) {
            double norm = difference.norm2Number().doubleValue();
            return new Loss(norm * norm / difference.length(), difference.muli(2.0 / difference.length()));
        }
    };

    private final String code;

    ContentLoss(String code) {
        this.code = code;
    }

    /** The word used in settings. */
    public String code() {
        return code;
    }

    /**
     * The loss of that word.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static ContentLoss of(String code) {
        return Codes.find("content loss", code, values(), ContentLoss::code);
    }

    /**
     * The loss and its derivative by {@code features}.
     *
     * @param target the photo's features, of the same shape
     */
    public Loss between(INDArray features, INDArray target) {
        return ofDifference(features.sub(target));
    }

    /** Turns the difference into the gradient, in place. */
    abstract Loss ofDifference(INDArray difference);
}
