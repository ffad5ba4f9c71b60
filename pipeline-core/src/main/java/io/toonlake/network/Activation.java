package io.toonlake.network;

import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * What follows a convolution. Both directions work in place, and backward needs only the output, so that one array
 * serves as this layer's result, the next one's input and the record for the way back.
 */
public enum Activation {
    /** y = x. */
    NONE {
        @Override
        OptionalDouble slope() {
            return OptionalDouble.of(1);
        }

        @Override
        public void forward(INDArray x) {
            // Nothing to do to it.
        }

        @Override
        public void backward(INDArray y, INDArray gradient) {
            // Its derivative is 1.
        }
    },
    /** y = max(x, 0). */
    RELU {
        @Override
        OptionalDouble slope() {
            return OptionalDouble.of(0);
        }

        @Override
        public void forward(INDArray x) {
            leaky(x, 0);
        }

        @Override
        public void backward(INDArray y, INDArray gradient) {
            if (HostLoops.reach(y, gradient)) {
                ActivationLoops.backward(y, gradient, 0);
                return;
            }
            Nd4j.exec(DynamicCustomOp.builder("relu_bp")
                    .addInputs(y, gradient)
                    .addOutputs(gradient)
                    .build());
        }
    },
    /** y = x where x > 0, 0.2·x elsewhere. */
    LEAKY_RELU {
        @Override
        OptionalDouble slope() {
            return OptionalDouble.of(SLOPE);
        }

        @Override
        public void forward(INDArray x) {
            leaky(x, SLOPE);
        }

        @Override
        public void backward(INDArray y, INDArray gradient) {
            // The sign of the output is the sign of the input.
            if (HostLoops.reach(y, gradient)) {
                ActivationLoops.backward(y, gradient, (float) SLOPE);
                return;
            }
            Nd4j.exec(DynamicCustomOp.builder("lrelu_bp")
                    .addInputs(y, gradient)
                    .addOutputs(gradient)
                    .addFloatingPointArguments(SLOPE)
                    .build());
        }
    },
    /** y = tanh(x). */
    TANH {
        @Override
        public void forward(INDArray x) {
            Transforms.tanh(x, false);
        }

        @Override
        public void backward(INDArray y, INDArray gradient) {
            try (INDArray derivative = y.mul(y)) {
                gradient.muli(derivative.rsubi(1));
            }
        }
    };

    private static final double SLOPE = 0.2;

    /** Replaces x by its activation. */
    public abstract void forward(INDArray x);

    /**
     * Replaces the gradient at the output by the gradient at the input.
     *
     * @param y the output of {@link #forward}
     */
    public abstract void backward(INDArray y, INDArray gradient);

    /** What negative values are multiplied by, where that is all the activation does. */
    OptionalDouble slope() {
        return OptionalDouble.empty();
    }

    private static void leaky(INDArray x, double slope) {
        if (HostLoops.reach(x)) {
            ActivationLoops.forward(x, (float) slope);
            return;
        }
        Nd4j.exec(DynamicCustomOp.builder("lrelu")
                .addInputs(x)
                .addOutputs(x)
                .addFloatingPointArguments(slope)
                .build());
    }
}
