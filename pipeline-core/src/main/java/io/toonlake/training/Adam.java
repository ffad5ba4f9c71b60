package io.toonlake.training;

import io.toonlake.network.HostLoops;
import io.toonlake.training.TrainingSettings.AdamSettings;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Adam (Kingma and Ba, 2015, algorithm 1), as PyTorch has it, over one flat array of parameters.
 *
 * <p>At step t, counted from 1: m ← β1·m + (1 − β1)·g, v ← β2·v + (1 − β2)·g²,
 * θ ← θ − α · m/(1 − β1ᵗ) / (√(v/(1 − β2ᵗ)) + ε).
 *
 * <p>ND4J's own update puts ε beside the uncorrected √v, where the same number weighs 1/√(1 − β2ᵗ) times more: 32 times at
 * the first step with the published constants. It is given ε·√(1 − β2ᵗ) here, which makes the two the same.
 */
final class Adam {
    private final AdamSettings settings;
    private final INDArray state;
    private final INDArray mean;
    private final INDArray square;

    Adam(AdamSettings settings, DataType dataType, long length) {
        this.settings = settings;
        this.state = Nd4j.zeros(dataType, 2 * length);
        this.mean = state.get(NDArrayIndex.interval(0, length));
        this.square = state.get(NDArrayIndex.interval(length, 2 * length));
    }

    /** First the mean gradients m, then the mean squares v: one array of twice the parameters' length, a view. */
    INDArray state() {
        return state;
    }

    /**
     * One step.
     *
     * @param parameters [n], changed in place
     * @param gradients [n], used as scratch
     * @param stepsTaken how many steps the state has behind it, t − 1
     */
    void step(INDArray parameters, INDArray gradients, double learningRate, int stepsTaken) {
        double epsilon = settings.epsilon() * Math.sqrt(1 - Math.pow(settings.beta2(), stepsTaken + 1.0));
        if (HostLoops.reach(parameters, gradients, mean, square)) {
            new AdamLoops(settings, learningRate, stepsTaken).step(parameters, gradients, mean, square);
            return;
        }
        Nd4j.exec(new AdamUpdater(
                gradients, square, mean, learningRate, settings.beta1(), settings.beta2(), epsilon, stepsTaken));
        parameters.subi(gradients);
    }

    void close() {
        state.close();
    }
}
