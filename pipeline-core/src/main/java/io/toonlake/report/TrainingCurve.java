package io.toonlake.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The losses of one training run.
 *
 * @param run the run's id
 * @param label what was trained, e.g. {@code flickr to hayao}
 * @param features what its content loss compares, in words; empty where that was not kept
 * @param rounds in the order of training
 * @param samplePictures what the generator made of the same photos after some of the rounds, in the order of training; none where none
 *     were kept
 */
public record TrainingCurve(
        String run, String label, String features, List<Round> rounds, List<SamplePictures> samplePictures) {

    public TrainingCurve {
        rounds = List.copyOf(rounds);
        samplePictures = List.copyOf(samplePictures);
    }

    /**
     * Pictures made after a round.
     *
     * @param round 0 for the photos themselves
     * @param pictures by photo, which all rounds of a curve have in the same order
     */
    public record SamplePictures(int round, Map<String, Picture> pictures) {
        public SamplePictures {
            pictures = Collections.unmodifiableMap(new LinkedHashMap<>(pictures));
        }
    }

    /**
     * One round of parameter averaging. Losses are means over the round's steps; NaN stands for one that its phase does not
     * have, and for one that was not a number.
     *
     * @param round from 1
     * @param phase e.g. {@code initialization} or {@code adversarial}
     * @param step optimiser updates of each worker up to the round's end
     * @param content the generator's content loss, unweighted
     * @param color the generator's colour loss, unweighted
     * @param totalVariation the generator's total variation loss, unweighted
     * @param adversarial the generator's adversarial loss
     * @param discriminatorReal the discriminator's loss on cartoons
     * @param discriminatorEdge the discriminator's loss on edge-smoothed cartoons
     * @param discriminatorFake the discriminator's loss on generated pictures
     * @param broadcastSeconds sending parameters and optimiser state
     * @param computeSeconds the workers' local steps
     * @param averageSeconds averaging what came back, and the rest of the round
     * @param generatorRate the generator's learning rate
     * @param discriminatorRate the discriminator's
     * @param examplesPerSecond of each worker while it computes; none where that was not kept
     */
    public record Round(
            int round,
            String phase,
            long step,
            double content,
            double color,
            double totalVariation,
            double adversarial,
            double discriminatorReal,
            double discriminatorEdge,
            double discriminatorFake,
            double broadcastSeconds,
            double computeSeconds,
            double averageSeconds,
            double generatorRate,
            double discriminatorRate,
            List<Double> examplesPerSecond) {

        public Round {
            examplesPerSecond = List.copyOf(examplesPerSecond);
        }

        double seconds() {
            return broadcastSeconds + computeSeconds + averageSeconds;
        }
    }
}
