package io.toonlake.averaging;

import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Network;
import io.toonlake.network.Padding;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Plain gradient descent of a generator towards giving its input back, over all of its share in every step. A sample is a picture's seed. */
final class DescendingWorker implements LocalWorker {
    private static final GeneratorArchitecture ARCHITECTURE = new GeneratorArchitecture(2, 1, Padding.ZERO, 1e-5);
    private static final int PIXELS = 16;
    private static final double RATE = 0.1;

    private final Network generator = ARCHITECTURE.build(DataType.FLOAT, 3);
    private final INDArray pictures;
    private final int examples;
    private double loss;
    private int taken;

    DescendingWorker(int worker, Iterator<Double> seeds) {
        List<INDArray> all = new ArrayList<>();
        seeds.forEachRemaining(seed -> all.add(picture(Double.doubleToLongBits(seed))));
        pictures = Nd4j.concat(0, all.toArray(INDArray[]::new));
        examples = all.size();
    }

    private static INDArray picture(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[3 * PIXELS * PIXELS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return Nd4j.createFromArray(values).reshape(1, 3, PIXELS, PIXELS);
    }

    static float[] start() {
        try (Network drawn = ARCHITECTURE.build(DataType.FLOAT, 3)) {
            return drawn.flatParameters().toFloatVector();
        }
    }

    @Override
    public ComputationGraph load(Round next, FloatBuffer state) {
        float[] values = new float[state.capacity()];
        state.get(0, values);
        generator.flatParameters().assign(Nd4j.createFromArray(values));
        loss = 0;
        taken = 0;
        return generator.graph();
    }

    @Override
    public MultiDataSet batch(int step) {
        return new MultiDataSet(new INDArray[0], new INDArray[0]);
    }

    @Override
    public void step(org.nd4j.linalg.dataset.api.MultiDataSet batch) {
        INDArray difference = generator.forward(pictures).sub(pictures);
        loss += difference.mul(difference).meanNumber().doubleValue();
        generator.backward(difference.muli(2.0 / difference.length())).close();
        generator.flatParameters().subi(generator.flatGradients().mul(RATE));
        taken++;
    }

    @Override
    public LocalResult result() {
        return LocalResult.of(generator.flatParameters().toFloatVector(), examples, Map.of("content", loss / taken));
    }

    @Override
    public void close() {
        generator.close();
        pictures.close();
    }
}
