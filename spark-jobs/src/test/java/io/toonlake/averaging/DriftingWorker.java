package io.toonlake.averaging;

import io.toonlake.training.Phase;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * Stands for training where only the averaging is tested: each step moves every value towards a sample of the worker's share, by an
 * amount that depends on round, worker and step. Its sums do not commute, so that a wrong order shows in the bits.
 */
final class DriftingWorker implements LocalWorker {
    private final int worker;
    private final List<Double> share = new ArrayList<>();
    private Round round;
    private float[] state;
    private double loss;
    private int taken;

    DriftingWorker(int worker, Iterator<Double> samples) {
        this.worker = worker;
        samples.forEachRemaining(share::add);
    }

    static Round round(int number) {
        return new Round(number, Phase.INITIALIZATION, 3 * (number - 1), 0, 3);
    }

    @Override
    public ComputationGraph load(Round next, FloatBuffer before) {
        round = next;
        state = new float[before.capacity()];
        before.get(0, state);
        loss = 0;
        taken = 0;
        return null;
    }

    @Override
    public MultiDataSet batch(int step) {
        return new MultiDataSet(new INDArray[0], new INDArray[0]);
    }

    @Override
    public void step(org.nd4j.linalg.dataset.api.MultiDataSet batch) {
        SplittableRandom random = new SplittableRandom(1_000_003L * round.number() + 1_009L * worker + taken++);
        double target = share.get(random.nextInt(share.size()));
        for (int i = 0; i < state.length; i++) {
            state[i] += (float) (0.1 * random.nextDouble() * (target - state[i]));
        }
        loss += Math.abs(target - state[0]) / round.steps();
    }

    /** The number of examples differs from worker to worker on purpose: it is their weight. */
    @Override
    public LocalResult result() {
        return LocalResult.of(state, share.size(), Map.of("content", loss));
    }

    /** A whole round without Spark. */
    LocalResult alone(Round whole, float[] before) {
        load(whole, FloatBuffer.wrap(before));
        for (int step = 0; step < whole.steps(); step++) {
            step(batch(step));
        }
        return result();
    }

    @Override
    public void close() {
        share.clear();
    }
}
