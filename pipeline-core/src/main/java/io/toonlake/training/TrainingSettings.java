package io.toonlake.training;

import io.toonlake.loss.AdversarialLoss;
import io.toonlake.loss.ColorLoss;
import io.toonlake.loss.ContentLoss;
import io.toonlake.loss.TotalVariationLoss;
import io.toonlake.network.DiscriminatorArchitecture;
import io.toonlake.network.GeneratorArchitecture;
import java.io.Serializable;

/**
 * Everything that decides what one step computes.
 *
 * @param generator the generator's architecture
 * @param discriminator the discriminator's architecture
 * @param contentWeight ω, what the content loss weighs against the adversarial one; 10 in the paper
 * @param contentLoss l1 in the paper, l2 in its ablation
 * @param colorLoss holds the photo's colours; not in the paper
 * @param totalVariationLoss flattens areas; not in the paper
 * @param adversarialLoss bce in the paper, lsgan in the authors' code
 * @param pastFakes pictures in the pool of past fakes, 0 for none; 50 in the authors' code
 * @param edgeTerm whether the discriminator rejects edge-smoothed cartoons; off in the paper's ablation
 * @param colorJitter whether the discriminator is shown every picture in colours changed at random; not in the paper
 * @param learningRates of each phase and network
 * @param adam the optimiser's constants
 * @param batchSize pictures of each domain in a step
 * @param cropPixels side of the square cut out of each picture; a multiple of 4; 256 in the paper
 * @param flips whether half of the pictures are mirrored
 * @param seed of initial weights and batches
 */
public record TrainingSettings(
        GeneratorArchitecture generator,
        DiscriminatorArchitecture discriminator,
        double contentWeight,
        ContentLoss contentLoss,
        ColorLoss colorLoss,
        TotalVariationLoss totalVariationLoss,
        AdversarialLoss adversarialLoss,
        int pastFakes,
        boolean edgeTerm,
        boolean colorJitter,
        LearningRates learningRates,
        AdamSettings adam,
        int batchSize,
        int cropPixels,
        boolean flips,
        long seed)
        implements Serializable {
    /** The smallest crop that leaves the feature network something to look at. */
    private static final int MIN_CROP_PIXELS = 32;

    public TrainingSettings {
        require(contentWeight > 0, "content weight", contentWeight, "must be > 0");
        require(pastFakes >= 0, "past fakes", pastFakes, "must be >= 0");
        require(batchSize >= 1, "batch size", batchSize, "must be >= 1");
        require(
                cropPixels >= MIN_CROP_PIXELS && cropPixels % GeneratorArchitecture.SIZE_MULTIPLE == 0,
                "crop pixels",
                cropPixels,
                "must be a multiple of 4 and >= " + MIN_CROP_PIXELS);
    }

    /**
     * Step sizes of Adam.
     *
     * @param initialization the generator's in the initialization phase; 2e-4 in the authors' code
     * @param generator the generator's in the adversarial phase
     * @param discriminator the discriminator's
     * @param initializationDecay how the first falls within its phase
     * @param adversarialDecay how the other two fall within theirs
     */
    public record LearningRates(
            double initialization,
            double generator,
            double discriminator,
            LinearDecay initializationDecay,
            LinearDecay adversarialDecay)
            implements Serializable {
        public LearningRates {
            require(initialization > 0, "initialization learning rate", initialization, "must be > 0");
            require(generator > 0, "generator learning rate", generator, "must be > 0");
            require(discriminator > 0, "discriminator learning rate", discriminator, "must be > 0");
        }

        /** The generator's rate in its next step. */
        public double generatorAt(Phase phase, StepsTaken taken) {
            return phase.usesDiscriminator()
                    ? adversarialDecay.factor(taken.adversarial()) * generator
                    : initializationDecay.factor(taken.initialization()) * initialization;
        }

        /** The discriminator's rate in its next step of the adversarial phase. */
        public double discriminatorAt(StepsTaken taken) {
            return adversarialDecay.factor(taken.adversarial()) * discriminator;
        }
    }

    /**
     * Constants of {@link Adam}.
     *
     * @param beta1 how much of the mean gradient is kept in a step
     * @param beta2 how much of the mean squared gradient is kept in a step
     * @param epsilon keeps the division finite; see {@link Adam} for where it stands
     */
    public record AdamSettings(double beta1, double beta2, double epsilon) implements Serializable {
        /** As in the authors' code. */
        public static final AdamSettings PUBLISHED = new AdamSettings(0.5, 0.999, 1e-8);

        public AdamSettings {
            require(beta1 >= 0 && beta1 < 1, "beta1", beta1, "must be in [0, 1)");
            require(beta2 >= 0 && beta2 < 1, "beta2", beta2, "must be in [0, 1)");
            require(epsilon > 0, "epsilon", epsilon, "must be > 0");
        }
    }

    private static void require(boolean valid, String what, Object value, String bound) {
        if (!valid) {
            throw new IllegalArgumentException("Invalid %s: %s (%s)".formatted(what, value, bound));
        }
    }
}
