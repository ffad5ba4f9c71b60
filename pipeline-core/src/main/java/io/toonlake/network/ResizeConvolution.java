package io.toonlake.network;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Every pixel repeated in a square of four, then a 3×3 convolution: an up-convolution whose kernel meets every output pixel
 * alike, so that none of them stands out as a checkerboard (Odena, Dumoulin and Olah, 2016).
 *
 * <p>x [N, in, H, W], weight [out, in, 3, 3], bias [out], y [N, out, 2H, 2W].
 *
 * @param padding around the enlarged picture
 */
public record ResizeConvolution(Padding padding) implements Filter {
    /** Factors of height and width, NCHW. */
    private static final int[] DOUBLING = {2, 2, 1};

    /** The convolution of the enlarged picture. */
    private Convolution convolution() {
        return new Convolution(3, 1, 1, padding);
    }

    @Override
    public long[] weightShape(int inputChannels, int outputChannels) {
        return convolution().weightShape(inputChannels, outputChannels);
    }

    @Override
    public INDArray forward(INDArray x, INDArray weight, INDArray bias) {
        try (INDArray enlarged = enlarged(x)) {
            return convolution().forward(enlarged, weight, bias);
        }
    }

    @Override
    public INDArray backward(
            INDArray x,
            INDArray weight,
            INDArray bias,
            INDArray gradient,
            INDArray weightGradient,
            INDArray biasGradient) {
        try (INDArray enlarged = enlarged(x);
                INDArray enlargedGradient =
                        convolution().backward(enlarged, weight, bias, gradient, weightGradient, biasGradient)) {
            return reduced(x, enlargedGradient);
        }
    }

    @Override
    public INDArray inputGradient(INDArray x, INDArray weight, INDArray gradient) {
        try (INDArray enlarged = enlarged(x);
                INDArray enlargedGradient = convolution().inputGradient(enlarged, weight, gradient)) {
            return reduced(x, enlargedGradient);
        }
    }

    /** The way back through {@link #enlarged}. */
    private static INDArray reduced(INDArray x, INDArray enlargedGradient) {
        INDArray inputGradient = Nd4j.createUninitialized(x.dataType(), x.shape(), 'c');
        Nd4j.exec(DynamicCustomOp.builder("upsampling2d_bp")
                .addInputs(x, enlargedGradient)
                .addOutputs(inputGradient)
                .addIntegerArguments(1)
                .build());
        return inputGradient;
    }

    /**
     * The picture at twice the size, every pixel four times.
     *
     * @return a new array [N, C, 2H, 2W]
     */
    public static INDArray enlarged(INDArray x) {
        INDArray y = Nd4j.createUninitialized(
                x.dataType(), new long[] {x.size(0), x.size(1), 2 * x.size(2), 2 * x.size(3)}, 'c');
        Nd4j.exec(DynamicCustomOp.builder("upsampling2d")
                .addInputs(x)
                .addOutputs(y)
                .addIntegerArguments(DOUBLING)
                .build());
        return y;
    }
}
