package io.toonlake.network;

import java.io.Serializable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a block filters its input with: a {@link Convolution}, a {@link ResizeConvolution}, or a {@link TransposedConvolution} by {@link Up}. */
interface Filter extends Serializable {
    /** The shape of the weight between that many channels. */
    long[] weightShape(int inputChannels, int outputChannels);

    /** A new array: the filtered input. */
    INDArray forward(INDArray x, INDArray weight, INDArray bias);

    /** A new array: the gradient at the input; weight and bias gradients are overwritten, the latter unless it is null. */
    INDArray backward(
            INDArray x,
            INDArray weight,
            INDArray bias,
            INDArray gradient,
            INDArray weightGradient,
            INDArray biasGradient);

    /** A new array: the gradient at the input alone, where those of weight and bias are not wanted. */
    INDArray inputGradient(INDArray x, INDArray weight, INDArray gradient);

    /** The transposed convolution, as a filter. */
    record Up() implements Filter {
        @Override
        public long[] weightShape(int inputChannels, int outputChannels) {
            return new long[] {inputChannels, outputChannels, 3, 3};
        }

        @Override
        public INDArray forward(INDArray x, INDArray weight, INDArray bias) {
            return TransposedConvolution.forward(x, weight, bias);
        }

        @Override
        public INDArray backward(
                INDArray x,
                INDArray weight,
                INDArray bias,
                INDArray gradient,
                INDArray weightGradient,
                INDArray biasGradient) {
            return TransposedConvolution.backward(x, weight, bias, gradient, weightGradient, biasGradient);
        }

        @Override
        public INDArray inputGradient(INDArray x, INDArray weight, INDArray gradient) {
            return TransposedConvolution.inputGradient(x, weight, gradient);
        }
    }
}
