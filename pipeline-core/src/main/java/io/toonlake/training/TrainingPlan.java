package io.toonlake.training;

import java.util.List;

/**
 * A method of training: the networks it trains, by name, the domains it draws from, and what one step does. Trainers and the averaging
 * of states know no more of it than this; which checkpoint is the best is told by a loss named {@code content}.
 *
 * <p>Not safe for use by two threads.
 */
public interface TrainingPlan extends AutoCloseable {
    /** In the order in which they stand in the training state. The first is the generator that becomes the model. */
    List<Learner> learners();

    /** The domains that a batch of the phase holds. */
    List<Domain> domains(Phase phase);

    /**
     * One step: losses, gradients, updates.
     *
     * @param stepsTaken before this one
     * @param batch with the phase's domains; it stays the caller's
     * @return the losses before the step
     * @throws DivergedException if a loss is not a number; the network whose loss it is has not been updated then
     */
    StepLosses step(Phase phase, StepsTaken stepsTaken, Batch batch);

    /** Drops whatever it remembers beyond the training state, so that it goes on as any other plan that loads the same state. */
    void forget();

    @Override
    void close();
}
