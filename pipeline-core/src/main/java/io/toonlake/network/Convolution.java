package io.toonlake.network;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A two-dimensional convolution (cross-correlation, as every framework has it).
 *
 * <p>x [N, in, H, W], weight [out, in, k, k], bias [out], y [N, out, H', W'] with
 * H' = (H + 2·pixels − k) / stride + 1 rounded down, W' likewise.
 *
 * @param kernelPixels side k of the square kernel
 * @param stride step between output pixels
 * @param pixels width of the border added on each side
 * @param padding what that border holds
 */
public record Convolution(int kernelPixels, int stride, int pixels, Padding padding) implements Filter {
    /** Weights are [out, in, kH, kW]. */
    private static final int WEIGHTS_OUT_IN = 1;

    @Override
    public long[] weightShape(int inputChannels, int outputChannels) {
        return new long[] {outputChannels, inputChannels, kernelPixels, kernelPixels};
    }

    /**
     * The convolved picture.
     *
     * @return a new array [N, out, H', W']
     */
    @Override
    public INDArray forward(INDArray x, INDArray weight, INDArray bias) {
        INDArray padded = reflected(x);
        INDArray y = Nd4j.createUninitialized(
                x.dataType(),
                new long[] {x.size(0), weight.size(0), outputPixels(x.size(2)), outputPixels(x.size(3))},
                'c');
        if (ChannelsLast.pays(padded, y)) {
            try (INDArray last = ChannelsLast.uninitialized(y)) {
                convolve(padded, weight, bias, ChannelsLast.asPlanes(last));
                ChannelsLast.copy(last, y);
            }
        } else {
            convolve(padded, weight, bias, y);
        }
        release(padded, x);
        return y;
    }

    private void convolve(INDArray x, INDArray weight, INDArray bias, INDArray y) {
        Nd4j.exec(DynamicCustomOp.builder("conv2d")
                .addInputs(x, weight, bias)
                .addOutputs(y)
                .addIntegerArguments(arguments())
                .build());
    }

    /**
     * The gradient at the input; the gradients of weight and bias are written to the given arrays.
     *
     * @param gradient at the output, [N, out, H', W']
     * @param weightGradient overwritten, shaped like the weight
     * @param biasGradient overwritten, shaped like the bias; null where it is not wanted
     * @return a new array shaped like x
     */
    @Override
    public INDArray backward(
            INDArray x,
            INDArray weight,
            INDArray bias,
            INDArray gradient,
            INDArray weightGradient,
            INDArray biasGradient) {
        INDArray padded = reflected(x);
        INDArray paddedGradient = Nd4j.createUninitialized(x.dataType(), padded.shape(), 'c');
        Nd4j.exec(DynamicCustomOp.builder("conv2d_bp")
                .addInputs(padded, weight, gradient)
                .addOutputs(paddedGradient, weightGradient)
                .addIntegerArguments(arguments())
                .build());
        if (biasGradient != null) {
            ChannelSums.into(biasGradient, gradient);
        }
        release(padded, x);
        return unreflected(paddedGradient);
    }

    /**
     * The gradient at the input alone, where the weight's is not wanted. It is the transposed convolution of the
     * gradient, which spares the third of a backward pass that the weight's gradient takes.
     *
     * @param x as in {@link #forward}; only its shape matters
     * @param gradient at the output, [N, out, H', W']
     * @return a new array shaped like x
     */
    @Override
    public INDArray inputGradient(INDArray x, INDArray weight, INDArray gradient) {
        int border = reflects() ? pixels : 0;
        INDArray paddedGradient = Nd4j.createUninitialized(
                x.dataType(), new long[] {x.size(0), x.size(1), x.size(2) + 2L * border, x.size(3) + 2L * border}, 'c');
        // Read as [in, out, kH, kW], the weight leads from this convolution's output channels to its input channels.
        Deconvolution.into(paddedGradient, gradient, weight, null, stride, pixels - border);
        return unreflected(paddedGradient);
    }

    /** Height or width of the output for an input of that height or width. */
    public long outputPixels(long inputPixels) {
        return (inputPixels + 2L * pixels - kernelPixels) / stride + 1;
    }

    private boolean reflects() {
        return padding == Padding.REFLECT && pixels > 0;
    }

    /** Padding by zeros is left to the convolution itself, which needs no copy for it. */
    private INDArray reflected(INDArray x) {
        return reflects() ? ReflectionPad.forward(x, pixels) : x;
    }

    private INDArray unreflected(INDArray paddedGradient) {
        if (!reflects()) {
            return paddedGradient;
        }
        INDArray gradient = ReflectionPad.backward(paddedGradient, pixels);
        paddedGradient.close();
        return gradient;
    }

    private static void release(INDArray padded, INDArray x) {
        if (padded != x) {
            padded.close();
        }
    }

    private int[] arguments() {
        int zeros = reflects() ? 0 : pixels;
        return new int[] {kernelPixels, kernelPixels, stride, stride, zeros, zeros, 1, 1, 0, 0, WEIGHTS_OUT_IN};
    }
}
