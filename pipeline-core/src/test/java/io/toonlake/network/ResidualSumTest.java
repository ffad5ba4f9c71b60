package io.toonlake.network;

import static io.toonlake.network.NumericGradient.assertThatGradientIs;
import static io.toonlake.network.NumericGradient.random;
import static io.toonlake.network.NumericGradient.weighted;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class ResidualSumTest {
    private static final Convolution SAME = new Convolution(3, 1, 1, Padding.REFLECT);

    /** Two sums in a row, where the second adds what the first made to something made of it. */
    private static Network network() {
        return new Network(
                (graph, input) -> {
                    Chain chain = new Chain(graph, input);
                    chain.add("first", ConvolutionBlock.of(3, 2, SAME, Activation.TANH));
                    chain.add("second", ConvolutionBlock.of(2, 2, SAME, Activation.TANH));
                    chain.addSum("sum", "first");
                    chain.add("third", ConvolutionBlock.of(2, 2, SAME, Activation.NONE));
                    chain.addSum("sums", "sum");
                    return chain.last();
                },
                DataType.DOUBLE,
                1);
    }

    @Test
    void gradientsGoBackOnBothWays() {
        try (Network network = network()) {
            network.flatParameters().assign(random(3, network.flatParameters().length()));
            INDArray x = random(1, 2, 3, 5, 4);
            INDArray upstream = random(2, 2, 2, 5, 4);

            network.forward(x);
            INDArray inputGradient = network.backward(upstream.dup());
            INDArray gradients = network.flatGradients().dup();

            DoubleSupplier value = () -> weighted(network.forward(x), upstream);
            assertThatGradientIs(inputGradient, x, value);
            assertThatGradientIs(gradients, network.flatParameters(), value);
        }
    }

    @Test
    void aSilentBranchLeavesTheOtherAsItIs() {
        try (Network network = network()) {
            INDArray x = random(1, 1, 3, 5, 4);
            network.parameters().forEach((name, parameter) -> {
                if (!name.startsWith("first")) {
                    parameter.assign(0);
                }
            });
            INDArray weight = network.parameters().get("first.weight");
            INDArray bias = network.parameters().get("first.bias");
            INDArray first = SAME.forward(x, weight, bias);
            Activation.TANH.forward(first);

            assertThat(network.forward(x)).isEqualTo(first);
        }
    }
}
