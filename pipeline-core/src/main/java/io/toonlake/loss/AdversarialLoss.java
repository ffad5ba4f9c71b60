package io.toonlake.loss;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** How far a discriminator's logits are from calling pictures real, or fake. The formulas are the package's. */
public enum AdversarialLoss {
    /** Binary cross-entropy on logits, as in the paper. */
    BCE("bce") {
        @Override
        double value(double logit, boolean real) {
            double wrongness = real ? -logit : logit;
            // softplus, written so that exp cannot overflow
            return Math.max(wrongness, 0) + Math.log1p(Math.exp(-Math.abs(wrongness)));
        }

        @Override
        double slope(double logit, boolean real) {
            double sigmoid = 1 / (1 + Math.exp(-logit));
            return real ? sigmoid - 1 : sigmoid;
        }

        @Override
        double undecidedLogit(double realShare) {
            return Math.log(realShare / (1 - realShare));
        }
    },
    /** Least squares, as in the authors' released code. */
    LSGAN("lsgan") {
        @Override
        double value(double logit, boolean real) {
            double miss = real ? logit - 1 : logit;
            return miss * miss;
        }

        @Override
        double slope(double logit, boolean real) {
            return 2 * (real ? logit - 1 : logit);
        }

        @Override
        double undecidedLogit(double realShare) {
            return realShare;
        }
    };

    private final String code;

    AdversarialLoss(String code) {
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
    public static AdversarialLoss of(String code) {
        return Codes.find("adversarial loss", code, values(), AdversarialLoss::code);
    }

    /** The loss of logits that should call their pictures real, and its derivative. */
    public Loss towardsReal(INDArray logits) {
        return mean(logits, true);
    }

    /** The loss of logits that should call their pictures fake, and its derivative. */
    public Loss towardsFake(INDArray logits) {
        return mean(logits, false);
    }

    /**
     * The least a discriminator's loss R + K + … can be while it gives all pictures the same logit: what it starts from
     * when it knows only how many kinds there are.
     *
     * @param fakeKinds how many of the kinds are to be called fake, beside one that is real
     */
    public double undecided(int fakeKinds) {
        double logit = undecidedLogit(1.0 / (1 + fakeKinds));
        return value(logit, true) + fakeKinds * value(logit, false);
    }

    /** The best logit for pictures of which that share is real. */
    abstract double undecidedLogit(double realShare);

    /** Logits are few, so they are taken out and summed in double precision. */
    private Loss mean(INDArray logits, boolean real) {
        double[] z;
        try (INDArray inOrder = logits.dup('c')) {
            z = inOrder.data().asDouble();
        }
        double sum = 0;
        double[] gradient = new double[z.length];
        for (int i = 0; i < z.length; i++) {
            sum += value(z[i], real);
            gradient[i] = slope(z[i], real) / z.length;
        }
        return new Loss(sum / z.length, Nd4j.create(gradient, logits.shape(), logits.dataType()));
    }

    abstract double value(double logit, boolean real);

    abstract double slope(double logit, boolean real);
}
