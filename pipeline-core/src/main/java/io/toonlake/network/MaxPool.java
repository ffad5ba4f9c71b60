package io.toonlake.network;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** The largest of every 2×2 pixels: [N, C, H, W] to [N, C, H/2, W/2], an odd last row or column dropped. */
final class MaxPool {
    /** Kernel, stride, padding, dilation, VALID, unused, NCHW. */
    private static final int[] ARGUMENTS = {2, 2, 2, 2, 0, 0, 1, 1, 0, 1, 0};

    private MaxPool() {}

    /** A new array. */
    static INDArray forward(INDArray x) {
        INDArray y = Nd4j.createUninitialized(
                x.dataType(), new long[] {x.size(0), x.size(1), x.size(2) / 2, x.size(3) / 2}, 'c');
        if (HostLoops.reach(x, y)) {
            new MaxPoolLoops(x).forward(x, y);
            return y;
        }
        Nd4j.exec(DynamicCustomOp.builder("maxpool2d")
                .addInputs(x)
                .addOutputs(y)
                .addIntegerArguments(ARGUMENTS)
                .build());
        return y;
    }

    /** A new array: the gradient at the input x, given the gradient at the output. */
    static INDArray backward(INDArray x, INDArray gradient) {
        INDArray inputGradient = Nd4j.createUninitialized(x.dataType(), x.shape(), 'c');
        if (HostLoops.reach(x, gradient, inputGradient)) {
            new MaxPoolLoops(x).backward(x, gradient, inputGradient);
            return inputGradient;
        }
        Nd4j.exec(DynamicCustomOp.builder("maxpool2d_bp")
                .addInputs(x, gradient)
                .addOutputs(inputGradient)
                .addIntegerArguments(ARGUMENTS)
                .build());
        return inputGradient;
    }
}
