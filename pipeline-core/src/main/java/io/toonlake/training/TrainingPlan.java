package io.toonlake.training;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A method of training: the networks it trains, by name, and what one step does to them. */
interface TrainingPlan extends AutoCloseable {
    /** In the order in which they stand in the training state. */
    List<Learner> learners();

    /**
     * One step: losses, gradients, updates.
     *
     * @param stepsTaken before this one
     * @throws DivergedException if a loss is not a number; the network whose loss it is has not been updated then
     */
    StepLosses step(Phase phase, StepsTaken stepsTaken, INDArray photo, INDArray cartoon, INDArray edgeSmoothed);

    @Override
    void close();
}
