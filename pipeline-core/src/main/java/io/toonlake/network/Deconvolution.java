package io.toonlake.network;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The operation {@code deconv2d}, with the output's size given by the caller. With a stride more than one size is possible (PyTorch's
 * output padding chooses); ND4J's operation computes any of them, but by itself offers only the smallest.
 */
final class Deconvolution {
    /** Weights are [in, out, kH, kW]. */
    private static final int WEIGHTS_IN_OUT = 1;

    private Deconvolution() {}

    /**
     * Writes the transposed convolution.
     *
     * @param x [N, in, H, W]
     * @param weight [in, out, k, k]
     * @param bias [out], or null for none
     * @param y [N, out, H', W'], with (H − 1) · stride + k − 2 · pixels ≤ H' < H · stride + k − 2 · pixels, W' likewise
     */
    @SuppressWarnings("try") // Closing a context waits for nothing, whatever AutoCloseable says.
    static void into(INDArray y, INDArray x, INDArray weight, INDArray bias, int stride, int pixels) {
        int kernel = (int) weight.size(2);
        try (OpContext context = Nd4j.getExecutioner().buildContext()) {
            context.shapeFunctionOverride(true);
            if (bias == null) {
                context.setInputArrays(x, weight);
            } else {
                context.setInputArrays(x, weight, bias);
            }
            context.setOutputArrays(y);
            context.setIArguments(kernel, kernel, stride, stride, pixels, pixels, 1, 1, 0, 0, WEIGHTS_IN_OUT);
            Nd4j.exec(DynamicCustomOp.builder("deconv2d").build(), context);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
