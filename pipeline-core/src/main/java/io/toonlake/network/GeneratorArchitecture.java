package io.toonlake.network;

import java.io.Serializable;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The generator (paper, section 3.1; layers as the authors' released weights have them): photo in, cartoon out, both
 * [N, 3, H, W], BGR, [-1, 1]; H and W multiples of 4.
 *
 * <pre>
 * flat    reflect 3, conv 7×7 → w, norm, ReLU
 * down    twice: conv 3×3 stride 2 → double the channels, conv 3×3, norm, ReLU
 * body    residual blocks: reflect 1, conv 3×3, norm, ReLU, reflect 1, conv 3×3, norm, sum
 * up      twice: up-convolution 3×3 → half the channels, conv 3×3, norm, ReLU
 * out     reflect 3, conv 7×7 → 3, tanh
 * </pre>
 *
 * <p>Parameters carry the names of the published weights: {@code conv01_1.weight}, {@code in01_1.scale}, …; with other
 * than 8 residual blocks the numbers after the body shift accordingly.
 *
 * @param width channels w of the first stage; the published generator has 64, which with 8 blocks makes 11,129,667 parameters
 * @param residualBlocks published: 8
 * @param padding around the strided, paired and up convolutions; flat, body and out always reflect
 * @param upsampling what the up-convolutions are; transposed convolutions in the published generator
 * @param normEpsilon added to variances: 1e-5 in the authors' code
 */
public record GeneratorArchitecture(
        int width, int residualBlocks, Padding padding, Upsampling upsampling, double normEpsilon)
        implements Serializable {
    /** What {@code normEpsilon} is in the authors' code. */
    public static final double NORM_EPSILON = 1e-5;

    /** The pictures' height and width must be multiples of this, since they are halved twice. */
    public static final int SIZE_MULTIPLE = 4;

    public GeneratorArchitecture {
        if (width < 1) {
            throw new IllegalArgumentException("Invalid generator width: %d (must be >= 1)".formatted(width));
        }
        if (residualBlocks < 0) {
            throw new IllegalArgumentException(
                    "Invalid number of residual blocks: %d (must be >= 0)".formatted(residualBlocks));
        }
        if (!(normEpsilon > 0)) {
            throw new IllegalArgumentException("Invalid norm epsilon: %s (must be > 0)".formatted(normEpsilon));
        }
    }

    /** A generator that goes up by transposed convolutions, as published ones do. */
    public GeneratorArchitecture(int width, int residualBlocks, Padding padding, double normEpsilon) {
        this(width, residualBlocks, padding, Upsampling.TRANSPOSED, normEpsilon);
    }

    /** The published generator. */
    public static GeneratorArchitecture published(Padding padding) {
        return new GeneratorArchitecture(64, 8, padding, NORM_EPSILON);
    }

    /** A generator with initial weights drawn from the seed. */
    public Network build(DataType dataType, long seed) {
        return new Network(this::connect, dataType, seed);
    }

    /** How many parameters it has, without building it: more than an array holds where it is wide enough. */
    public long parameters() {
        long w = width;
        return filter(3, w, 7)
                + 2 * w
                + stage(w, 2 * w)
                + stage(2 * w, 4 * w)
                + 2L * residualBlocks * (filter(4 * w, 4 * w, 3) + 8 * w)
                + stage(4 * w, 2 * w)
                + stage(2 * w, w)
                + filter(w, 3, 7);
    }

    /** One down or up: a convolution between two numbers of channels, one that keeps them, its norm. */
    private static long stage(long in, long out) {
        return filter(in, out, 3) + filter(out, out, 3) + 2 * out;
    }

    private static long filter(long in, long out, long side) {
        return in * out * side * side + out;
    }

    private String connect(GraphBuilder graph, String input) {
        Convolution wide = new Convolution(7, 1, 3, Padding.REFLECT);
        Convolution halving = new Convolution(3, 2, 1, padding);
        Convolution paired = new Convolution(3, 1, 1, padding);
        Convolution inner = new Convolution(3, 1, 1, Padding.REFLECT);
        Filter doubling = upsampling.filter(padding);
        int w = width;

        Chain chain = new Chain(graph, input);
        chain.add("conv01_1", normalized(3, w, wide, "in01_1", Activation.RELU));
        chain.add("conv02_1", ConvolutionBlock.of(w, 2 * w, halving, Activation.NONE));
        chain.add("conv02_2", normalized(2 * w, 2 * w, paired, "in02_1", Activation.RELU));
        chain.add("conv03_1", ConvolutionBlock.of(2 * w, 4 * w, halving, Activation.NONE));
        chain.add("conv03_2", normalized(4 * w, 4 * w, paired, "in03_1", Activation.RELU));
        int stage = 4;
        for (int block = 0; block < residualBlocks; block++, stage++) {
            String before = chain.last();
            String name = "%02d".formatted(stage);
            chain.add("conv" + name + "_1", normalized(4 * w, 4 * w, inner, "in" + name + "_1", Activation.RELU));
            chain.add("conv" + name + "_2", normalized(4 * w, 4 * w, inner, "in" + name + "_2", Activation.NONE));
            chain.addSum("sum" + name, before);
        }
        String firstUp = "in%02d_1".formatted(stage);
        String secondUp = "in%02d_1".formatted(stage + 1);
        chain.add("deconv01_1", ConvolutionBlock.of(4 * w, 2 * w, doubling, Activation.NONE));
        chain.add("deconv01_2", normalized(2 * w, 2 * w, paired, firstUp, Activation.RELU));
        chain.add("deconv02_1", ConvolutionBlock.of(2 * w, w, doubling, Activation.NONE));
        chain.add("deconv02_2", normalized(w, w, paired, secondUp, Activation.RELU));
        chain.add("deconv03_1", ConvolutionBlock.of(w, 3, wide, Activation.TANH));
        return chain.last();
    }

    private ConvolutionBlock normalized(int in, int out, Filter filter, String norm, Activation activation) {
        return ConvolutionBlock.of(in, out, filter, activation).normalized(norm, normEpsilon);
    }
}
