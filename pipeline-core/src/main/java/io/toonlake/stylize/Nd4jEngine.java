package io.toonlake.stylize;

import io.toonlake.device.Engine;
import io.toonlake.model.Model;
import io.toonlake.model.Tensor;
import io.toonlake.network.Activation;
import io.toonlake.network.Convolution;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A generator on ND4J, lean enough for whole photos: convolutions in bands and, where they keep their shape, in place;
 * norms and activations in place; every array freed as soon as its last reader is done. The most that lives at once is one
 * map at full and one at half resolution: 1.6 GB for 2048 × 2048 pixels at the published width.
 */
public final class Nd4jEngine implements StylizingEngine {
    /** Bands, the convolutions' own layouts of them, and what the allocator keeps. */
    private static final long SCRATCH_BYTES = 128L << 20;

    private static final Convolution WIDE = new Convolution(7, 1, 3, Padding.REFLECT);
    private static final Convolution INNER = new Convolution(3, 1, 1, Padding.REFLECT);

    private final String fingerprint;
    private final GeneratorArchitecture architecture;
    private final Convolution halving;
    private final Convolution paired;
    private final Map<String, INDArray> weights = new HashMap<>();

    /** Copies the model's weights to where ND4J computes. */
    public Nd4jEngine(Model model) {
        // All tasks of a JVM share ND4J's engine, which on GPUs would be wherever its first task was.
        Engine.useCpuUnlessStarted();
        fingerprint = model.fingerprint();
        architecture = model.architecture();
        halving = new Convolution(3, 2, 1, architecture.padding());
        paired = new Convolution(3, 1, 1, architecture.padding());
        model.tensors().asMap().forEach((name, tensor) -> weights.put(name, array(tensor)));
    }

    private static INDArray array(Tensor tensor) {
        long[] shape = tensor.shape().stream().mapToLong(Integer::longValue).toArray();
        return Nd4j.create(tensor.values(), shape, 'c');
    }

    @Override
    public EngineKind kindFor(int width, int height) {
        return EngineKind.ND4J;
    }

    @Override
    public long estimatedBytes(int width, int height) {
        return estimatedBytes(architecture, width, height);
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public int sizeMultiple() {
        return GeneratorArchitecture.SIZE_MULTIPLE;
    }

    @Override
    public int minSidePixels() {
        return WorkingSize.MIN_SIDE_PIXELS;
    }

    @Override
    public float[] stylize(float[] picture, int width, int height) {
        WorkingSize.check(picture, width, height);
        INDArray y = stage("conv01_1", WIDE, Nd4j.create(picture, new long[] {1, 3, height, width}, 'c'));
        normalize("in01_1", y, Activation.RELU);
        y = pair("conv02_2", "in02_1", stage("conv02_1", halving, y));
        y = pair("conv03_2", "in03_1", stage("conv03_1", halving, y));
        int stage = 4;
        for (int block = 0; block < architecture.residualBlocks(); block++, stage++) {
            addBlock("%02d".formatted(stage), y);
        }
        y = pair("deconv01_2", "in%02d_1".formatted(stage), up("deconv01_1", y));
        y = pair("deconv02_2", "in%02d_1".formatted(stage + 1), up("deconv02_1", y));
        y = stage("deconv03_1", WIDE, y);
        Activation.TANH.forward(y);
        float[] stylized = y.data().asFloat();
        y.close();
        return stylized;
    }

    /** A convolution to another shape; x is freed. */
    private INDArray stage(String name, Convolution geometry, INDArray x) {
        INDArray y = convolution(name, geometry).forward(x);
        x.close();
        return y;
    }

    private INDArray up(String name, INDArray x) {
        INDArray y = new BandedUpConvolution(
                        weight(name), bias(name), architecture.upsampling(), architecture.padding())
                .forward(x);
        x.close();
        return y;
    }

    /** The second convolution of a stage with its norm and ReLU, in place. */
    private INDArray pair(String name, String norm, INDArray x) {
        convolution(name, paired).inPlace(x);
        normalize(norm, x, Activation.RELU);
        return x;
    }

    private void addBlock(String stage, INDArray x) {
        try (INDArray branch = convolution("conv" + stage + "_1", INNER).forward(x)) {
            normalize("in" + stage + "_1", branch, Activation.RELU);
            convolution("conv" + stage + "_2", INNER).inPlace(branch);
            normalize("in" + stage + "_2", branch, Activation.NONE);
            x.addi(branch);
        }
    }

    private void normalize(String name, INDArray x, Activation activation) {
        new InPlaceNorm(weights.get(name + ".scale"), weights.get(name + ".shift"), architecture.normEpsilon())
                .apply(x);
        activation.forward(x);
    }

    private BandedConvolution convolution(String name, Convolution geometry) {
        return new BandedConvolution(weight(name), bias(name), geometry);
    }

    private INDArray weight(String name) {
        return weights.get(name + ".weight");
    }

    private INDArray bias(String name) {
        return weights.get(name + ".bias");
    }

    /**
     * The worst moment is the first halving and the last doubling: w channels at full resolution and 2w at half, together
     * 1.5w values a pixel. Around it stand the picture before and after, as Java's array and as ND4J's: 12 values a pixel.
     */
    static long estimatedBytes(GeneratorArchitecture architecture, int width, int height) {
        long halfValuesPerPixel = 3L * architecture.width() + 2 * 12;
        return Float.BYTES * halfValuesPerPixel * width * height / 2 + SCRATCH_BYTES;
    }

    @Override
    public void close() {
        weights.values().forEach(INDArray::close);
        weights.clear();
    }
}
