package io.toonlake.training;

import io.toonlake.training.TrainingSettings.AdamSettings;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Adam (Kingma and Ba, 2015) as ND4J computes it, over one flat array of parameters.
 *
 * <p>At step t, counted from 1: m ← β1·m + (1 − β1)·g, v ← β2·v + (1 − β2)·g²,
 * θ ← θ − α·√(1 − β2ᵗ)/(1 − β1ᵗ) · m / (√v + ε).
 *
 * <p>ε stands beside the uncorrected √v, as in the last remark of the paper's section 2. PyTorch puts it beside
 * √(v/(1 − β2ᵗ)), so the same number weighs 1/√(1 − β2ᵗ) times more here: 32 times at the first step, nothing after some
 * thousand. With ε = 1e-8 a first step is 0.3 % shorter than PyTorch's at a gradient of 1e-4, and 24 % at 1e-6.
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
        Nd4j.exec(new AdamUpdater(
                gradients,
                square,
                mean,
                learningRate,
                settings.beta1(),
                settings.beta2(),
                settings.epsilon(),
                stepsTaken));
        parameters.subi(gradients);
    }

    void close() {
        state.close();
    }
}
