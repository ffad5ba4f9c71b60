package io.toonlake.network;

import java.io.Serializable;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The discriminator (paper, section 3.1): pictures [N, 3, H, W] in, BGR, [-1, 1]; out one logit for every patch,
 * [N, 1, H/4, W/4] rounded up. A patch is the 37×37 pixels a logit is computed from (the norms apart).
 *
 * <pre>
 * conv 3×3 → w, LReLU
 * conv 3×3 stride 2 → 2w, LReLU;  conv 3×3 → 4w, norm, LReLU
 * conv 3×3 stride 2 → 4w, LReLU;  conv 3×3 → 8w, norm, LReLU
 * conv 3×3 → 8w, norm, LReLU
 * conv 3×3 → 1
 * </pre>
 *
 * <p>Padded by zeros throughout; the slope of the leaky ReLU is 0.2.
 *
 * @param width channels w of the first stage; the published one has 32, which makes 1,129,665 parameters
 * @param normEpsilon added to variances: 1e-5 in the authors' code
 */
public record DiscriminatorArchitecture(int width, double normEpsilon) implements Serializable {
    public DiscriminatorArchitecture {
        if (width < 1) {
            throw new IllegalArgumentException("Invalid discriminator width: %d (must be >= 1)".formatted(width));
        }
        if (!(normEpsilon > 0)) {
            throw new IllegalArgumentException("Invalid norm epsilon: %s (must be > 0)".formatted(normEpsilon));
        }
    }

    /** The published discriminator. */
    public static DiscriminatorArchitecture published() {
        return new DiscriminatorArchitecture(32, GeneratorArchitecture.NORM_EPSILON);
    }

    /** A discriminator with initial weights drawn from the seed. */
    public Network build(DataType dataType, long seed) {
        return new Network(this::connect, dataType, seed);
    }

    /** How many parameters it has, without building it: more than an array holds where it is wide enough. */
    public long parameters() {
        long w = width;
        return filter(3, w)
                + filter(w, 2 * w)
                + normalized(2 * w, 4 * w)
                + filter(4 * w, 4 * w)
                + normalized(4 * w, 8 * w)
                + normalized(8 * w, 8 * w)
                + filter(8 * w, 1);
    }

    private static long normalized(long in, long out) {
        return filter(in, out) + 2 * out;
    }

    private static long filter(long in, long out) {
        return 9 * in * out + out;
    }

    private String connect(GraphBuilder graph, String input) {
        Convolution same = new Convolution(3, 1, 1, Padding.ZERO);
        Convolution halving = new Convolution(3, 2, 1, Padding.ZERO);
        int w = width;

        Chain chain = new Chain(graph, input);
        chain.add("conv01_1", leaky(3, w, same));
        chain.add("conv02_1", leaky(w, 2 * w, halving));
        chain.add("conv02_2", leaky(2 * w, 4 * w, same).normalized("in02_1", normEpsilon));
        chain.add("conv03_1", leaky(4 * w, 4 * w, halving));
        chain.add("conv03_2", leaky(4 * w, 8 * w, same).normalized("in03_1", normEpsilon));
        chain.add("conv04_1", leaky(8 * w, 8 * w, same).normalized("in04_1", normEpsilon));
        chain.add("conv05_1", ConvolutionBlock.of(8 * w, 1, same, Activation.NONE));
        return chain.last();
    }

    private static ConvolutionBlock leaky(int in, int out, Filter filter) {
        return ConvolutionBlock.of(in, out, filter, Activation.LEAKY_RELU);
    }
}
