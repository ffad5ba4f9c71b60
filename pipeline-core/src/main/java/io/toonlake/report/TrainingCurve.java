package io.toonlake.report;

import java.util.List;

/**
 * The losses of one training run.
 *
 * @param run the run's id
 * @param label what was trained, e.g. {@code flickr to hayao}
 * @param rounds in the order of training
 */
public record TrainingCurve(String run, String label, List<Round> rounds) {

    public TrainingCurve {
        rounds = List.copyOf(rounds);
    }

    /**
     * One round of parameter averaging. Losses are means over the round's steps; NaN stands for one that its phase does not
     * have, and for one that was not a number.
     *
     * @param round from 1
     * @param phase e.g. {@code initialization} or {@code adversarial}
     * @param step optimiser updates of each worker up to the round's end
     * @param content the generator's content loss, unweighted
     * @param adversarial the generator's adversarial loss
     * @param discriminatorReal the discriminator's loss on cartoons
     * @param discriminatorEdge the discriminator's loss on edge-smoothed cartoons
     * @param discriminatorFake the discriminator's loss on generated pictures
     * @param broadcastSeconds sending parameters and optimiser state
     * @param computeSeconds the workers' local steps
     * @param averageSeconds averaging what came back
     */
    public record Round(
            int round,
            String phase,
            long step,
            double content,
            double adversarial,
            double discriminatorReal,
            double discriminatorEdge,
            double discriminatorFake,
            double broadcastSeconds,
            double computeSeconds,
            double averageSeconds) {

        double seconds() {
            return broadcastSeconds + computeSeconds + averageSeconds;
        }
    }
}
