package io.toonlake.network;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The up-convolution of the generator: PyTorch's {@code ConvTranspose2d(in, out, 3, stride=2, padding=1,
 * output_padding=1)}, which doubles height and width.
 *
 * <p>x [N, in, H, W], weight [in, out, 3, 3], bias [out], y [N, out, 2H, 2W].
 *
 * <p>Backward, ND4J knows no output padding. Without any padding y would be [2H + 1, 2W + 1] with one row and one column more
 * in front, whose gradient is zero. (ND4J's SAME mode drops the last ones instead, which shifts the picture.)
 */
public final class TransposedConvolution {
    private static final int KERNEL = 3;
    private static final int STRIDE = 2;
    private static final int PIXELS = 1;
    /** Kernel, stride, padding, dilation, VALID, NCHW, weights [in, out, kH, kW]. */
    private static final int[] ARGUMENTS = {KERNEL, KERNEL, STRIDE, STRIDE, 0, 0, 1, 1, 0, 0, 1};

    private TransposedConvolution() {}

    /**
     * The picture at twice the size.
     *
     * @return a new array [N, out, 2H, 2W]
     */
    public static INDArray forward(INDArray x, INDArray weight, INDArray bias) {
        INDArray y = Nd4j.createUninitialized(
                x.dataType(), new long[] {x.size(0), weight.size(1), STRIDE * x.size(2), STRIDE * x.size(3)}, 'c');
        Deconvolution.into(y, x, weight, bias, STRIDE, PIXELS);
        return y;
    }

    /**
     * The gradient at the input; the gradients of weight and bias are written to the given arrays.
     *
     * @param gradient at the output, [N, out, 2H, 2W]
     * @param weightGradient overwritten, shaped like the weight
     * @param biasGradient overwritten, shaped like the bias; null where it is not wanted
     * @return a new array shaped like x
     */
    public static INDArray backward(
            INDArray x,
            INDArray weight,
            INDArray bias,
            INDArray gradient,
            INDArray weightGradient,
            INDArray biasGradient) {
        INDArray whole = whole(x, weight.size(1));
        whole.get(all(), all(), interval(0, 1), all()).assign(0);
        whole.get(all(), all(), all(), interval(0, 1)).assign(0);
        kept(whole).assign(gradient);
        INDArray inputGradient = Nd4j.createUninitialized(x.dataType(), x.shape(), 'c');
        Nd4j.exec(DynamicCustomOp.builder("deconv2d_bp")
                .addInputs(x, weight, whole)
                .addOutputs(inputGradient, weightGradient)
                .addIntegerArguments(ARGUMENTS)
                .build());
        whole.close();
        if (biasGradient != null) {
            ChannelSums.into(biasGradient, gradient);
        }
        return inputGradient;
    }

    /**
     * The gradient at the input alone, where those of weight and bias are not wanted: the convolution of the gradient.
     *
     * @param x as in {@link #forward}; only its shape matters
     * @param gradient at the output, [N, out, 2H, 2W]
     * @return a new array shaped like x
     */
    static INDArray inputGradient(INDArray x, INDArray weight, INDArray gradient) {
        INDArray inputGradient = Nd4j.createUninitialized(x.dataType(), x.shape(), 'c');
        // Read as [out, in, kH, kW], the weight leads from the output's channels to the input's.
        Nd4j.exec(DynamicCustomOp.builder("conv2d")
                .addInputs(gradient, weight)
                .addOutputs(inputGradient)
                .addIntegerArguments(KERNEL, KERNEL, STRIDE, STRIDE, PIXELS, PIXELS, 1, 1, 0, 0, 1)
                .build());
        return inputGradient;
    }

    private static INDArray whole(INDArray x, long channels) {
        return Nd4j.createUninitialized(
                x.dataType(), new long[] {x.size(0), channels, STRIDE * x.size(2) + 1, STRIDE * x.size(3) + 1}, 'c');
    }

    private static INDArray kept(INDArray whole) {
        return whole.get(all(), all(), interval(1, whole.size(2)), interval(1, whole.size(3)));
    }
}
