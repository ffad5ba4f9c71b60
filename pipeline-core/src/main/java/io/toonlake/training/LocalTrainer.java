package io.toonlake.training;

import io.toonlake.network.HostLoops;
import io.toonlake.network.Network;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Carries out a {@link TrainingPlan} on one machine, step by step: the twin that training on a cluster is measured against, and what each
 * of its workers runs.
 *
 * <p>Not safe for use by two threads. Nothing is left behind in native memory by a step.
 */
public final class LocalTrainer implements AutoCloseable {
    private static final String ADAM = ".adam";

    private final TrainingPlan plan;
    private final StateLayout layout;
    private StepsTaken stepsTaken = StepsTaken.NONE;

    /**
     * A trainer at the plan's initial weights.
     *
     * @param plan taken over and closed with the trainer
     */
    public LocalTrainer(TrainingPlan plan) {
        this.plan = plan;
        this.layout = layout(plan);
    }

    private static StateLayout layout(TrainingPlan plan) {
        List<StateLayout.Segment> segments = new ArrayList<>();
        int offset = 0;
        for (Learner learner : plan.learners()) {
            int parameters = Math.toIntExact(learner.network().flatParameters().length());
            segments.add(new StateLayout.Segment(learner.name(), offset, parameters));
            segments.add(new StateLayout.Segment(learner.name() + ADAM, offset + parameters, 2 * parameters));
            offset += 3 * parameters;
        }
        return new StateLayout(segments);
    }

    /**
     * What the state is made of: of every learner its parameters and Adam's moments, such as {@code generator},
     * {@code generator.adam}, {@code discriminator}, {@code discriminator.adam}.
     */
    public StateLayout layout() {
        return layout;
    }

    /** A copy of all that was learnt. */
    public TrainingState state() {
        float[] values = new float[layout.length()];
        for (Learner learner : plan.learners()) {
            read(learner.network().flatParameters(), values, layout.segment(learner.name()));
            read(learner.adam().state(), values, layout.segment(learner.name() + ADAM));
        }
        return new TrainingState(layout, values);
    }

    /**
     * Goes on from a state.
     *
     * @param stepsTaken how many steps it has behind it
     * @throws IllegalArgumentException if it is laid out for other networks
     */
    public void load(TrainingState state, StepsTaken stepsTaken) {
        if (!state.layout().equals(layout)) {
            throw new IllegalArgumentException("Cannot load training state: it has %s, this trainer has %s"
                    .formatted(state.layout().segments(), layout.segments()));
        }
        load(FloatBuffer.wrap(state.values()), stepsTaken);
    }

    /**
     * The same with a state's values from index 0 on, laid out as {@link #layout()} says.
     *
     * @throws IllegalArgumentException if there are more or fewer
     */
    public void load(FloatBuffer values, StepsTaken stepsTaken) {
        if (values.limit() != layout.length()) {
            throw new IllegalArgumentException("Cannot load training state: it has %d values, this trainer has %d"
                    .formatted(values.limit(), layout.length()));
        }
        for (Learner learner : plan.learners()) {
            HostLoops.fill(
                    learner.network().flatParameters(),
                    values,
                    layout.segment(learner.name()).offset());
            HostLoops.fill(
                    learner.adam().state(),
                    values,
                    layout.segment(learner.name() + ADAM).offset());
        }
        plan.forget();
        this.stepsTaken = stepsTaken;
    }

    /** How many steps the state has behind it. */
    public StepsTaken stepsTaken() {
        return stepsTaken;
    }

    /** The generator, to look at or to export; it stays the trainer's. */
    public Network generator() {
        return plan.learners().get(0).network();
    }

    /** The domains that a batch of the phase holds. */
    public List<Domain> domains(Phase phase) {
        return plan.domains(phase);
    }

    /**
     * One step on one batch.
     *
     * @param batch with the phase's domains; it stays the caller's
     * @return the losses before the step
     * @throws DivergedException if a loss is not a number
     */
    public StepLosses step(Phase phase, Batch batch) {
        StepLosses losses = plan.step(phase, stepsTaken, batch);
        stepsTaken = stepsTaken.plus(phase, 1);
        return losses;
    }

    private static void read(INDArray from, float[] values, StateLayout.Segment segment) {
        if (HostLoops.reach(from)) {
            HostLoops.values(from).get(0, values, segment.offset(), segment.length());
        } else {
            System.arraycopy(from.toFloatVector(), 0, values, segment.offset(), segment.length());
        }
    }

    @Override
    public void close() {
        plan.close();
    }
}
