package io.toonlake.training;

import io.toonlake.network.FeatureExtractor;
import io.toonlake.network.Network;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains CartoonGAN on one machine, step by step: the twin that training on a cluster is measured against, and what each
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
     * A trainer with initial weights drawn from the settings' seed.
     *
     * @param features what the content loss compares; it stays the caller's
     */
    public LocalTrainer(TrainingSettings settings, FeatureExtractor features) {
        this(new CartoonGanPlan(settings, features, DataType.FLOAT));
    }

    /** The state that training with these settings starts from. */
    public static TrainingState initialState(TrainingSettings settings) {
        try (LocalTrainer trainer = new LocalTrainer(new CartoonGanPlan(settings, null, DataType.FLOAT))) {
            return trainer.state();
        }
    }

    LocalTrainer(TrainingPlan plan) {
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

    /** What the state is made of: {@code generator}, {@code generator.adam}, {@code discriminator}, {@code discriminator.adam}. */
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
        for (Learner learner : plan.learners()) {
            write(state.segment(learner.name()), learner.network().flatParameters());
            write(state.segment(learner.name() + ADAM), learner.adam().state());
        }
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

    /**
     * One step on one batch. The arrays are [N, 3, H, W], BGR, [-1, 1], H and W multiples of 4; they stay the caller's.
     *
     * @param cartoon not looked at in the initialization phase, and may then be null
     * @param edgeSmoothed the same frames with their edges smoothed; likewise, and where the edge term is off
     * @return the losses before the step
     * @throws DivergedException if a loss is not a number
     */
    public StepLosses step(Phase phase, INDArray photo, INDArray cartoon, INDArray edgeSmoothed) {
        StepLosses losses = plan.step(phase, stepsTaken, photo, cartoon, edgeSmoothed);
        stepsTaken = stepsTaken.plus(phase, 1);
        return losses;
    }

    private static void read(INDArray from, float[] values, StateLayout.Segment segment) {
        System.arraycopy(from.toFloatVector(), 0, values, segment.offset(), segment.length());
    }

    private static void write(float[] values, INDArray to) {
        try (INDArray loaded = Nd4j.createFromArray(values)) {
            to.assign(loaded);
        }
    }

    @Override
    public void close() {
        plan.close();
    }
}
