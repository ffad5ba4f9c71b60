package io.toonlake.config;

import io.toonlake.device.Device;
import io.toonlake.loss.AdversarialLoss;
import io.toonlake.loss.ColorLoss;
import io.toonlake.loss.ContentLoss;
import io.toonlake.loss.TotalVariationLoss;
import io.toonlake.network.DiscriminatorArchitecture;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import io.toonlake.training.CollapseDetector;
import io.toonlake.training.LinearDecay;
import io.toonlake.training.TrainingSettings;
import io.toonlake.training.TrainingSettings.AdamSettings;
import io.toonlake.training.TrainingSettings.LearningRates;
import java.util.Arrays;
import java.util.List;

/**
 * Settings of {@code train}.
 *
 * @param training what decides one step
 * @param features what the content loss compares
 * @param rounds how many, and how often they are kept
 * @param workers logical workers
 * @param threadsPerWorker native threads of one worker
 * @param transfer how states travel between driver and workers
 * @param device what workers compute on
 * @param leaseSeconds how long a run that shows no sign of life keeps others from its model's folder
 * @param collapse when training is given up
 * @param samplePictures what is shown of the training's course
 */
public record TrainSection(
        TrainingSettings training,
        Features features,
        Rounds rounds,
        int workers,
        int threadsPerWorker,
        Transfer transfer,
        Device device,
        int leaseSeconds,
        CollapseDetector.Settings collapse,
        SamplePictures samplePictures) {

    /** How states travel between driver and workers. */
    public enum Transfer {
        /** Whole, as they are. */
        FLOAT32,
        /** As differences to the state before, in half the bytes. */
        BFLOAT16;

        String code() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** The network whose features the content loss compares. */
    public enum FeatureNetwork {
        VGG19,
        RANDOM;

        String code() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * The frozen network of the content loss.
     *
     * @param vgg19 folder or file of weights; empty if none was named
     * @param vgg19Padding border of VGG19's convolutions
     * @param randomWidths channels of each of the random network's one to four groups of layers
     */
    public record Features(FeatureNetwork network, String vgg19, Padding vgg19Padding, List<Integer> randomWidths) {}

    /**
     * Rounds of training.
     *
     * @param stepsPerRound local steps between two averages
     * @param perCheckpoint rounds between two checkpoints
     * @param checkpointsKept the latest so many are kept
     */
    public record Rounds(
            int initialization, int adversarial, int stepsPerRound, int perCheckpoint, int checkpointsKept) {}

    /**
     * What the generator makes of a few photos in the course of a training.
     *
     * @param everyRounds 0 for never
     * @param count photos
     */
    public record SamplePictures(int everyRounds, int count) {}

    static TrainSection read(SettingsReader reader) {
        Rounds rounds = rounds(reader);
        return new TrainSection(
                training(reader, rounds),
                features(reader),
                rounds,
                reader.intBetween("train.workers", 1, 10_000),
                reader.intBetween("train.threads-per-worker", 1, 1024),
                reader.oneOf("train.transfer", Transfer.class, Transfer::code),
                reader.oneOf("train.device", Device.class, Device::code),
                reader.intBetween("train.lease-seconds", 2, 86_400),
                new CollapseDetector.Settings(
                        reader.intBetween("train.collapse.window-rounds", 0, 10_000),
                        reader.doubleBetween("train.collapse.content-rise", 1.0, 1e6),
                        reader.doubleBetween("train.collapse.discriminator-share", 1e-6, 1.0)),
                new SamplePictures(
                        reader.intBetween("train.sample-pictures.every-rounds", 0, 1_000_000),
                        reader.intBetween("train.sample-pictures.count", 1, 100)));
    }

    private static TrainingSettings training(SettingsReader reader, Rounds rounds) {
        return new TrainingSettings(
                new GeneratorArchitecture(
                        reader.intBetween("train.generator.width", 1, 1024),
                        reader.intBetween("train.generator.residual-blocks", 0, 100),
                        reader.oneOf("train.generator.padding", Padding.class, Padding::code),
                        reader.oneOf("train.generator.upsampling", Upsampling.class, Upsampling::code),
                        reader.doubleBetween("train.generator.norm-epsilon", 1e-12, 1.0)),
                new DiscriminatorArchitecture(
                        reader.intBetween("train.discriminator.width", 1, 1024),
                        reader.doubleBetween("train.discriminator.norm-epsilon", 1e-12, 1.0)),
                reader.doubleBetween("train.content.weight", 1e-6, 1e6),
                reader.oneOf("train.content.loss", ContentLoss.class, ContentLoss::code),
                new ColorLoss(
                        reader.doubleBetween("train.color.weight", 0, 1e6),
                        reader.doubleBetween("train.color.sigma-pixels", 0.5, 100)),
                new TotalVariationLoss(
                        reader.doubleBetween("train.total-variation.weight", 0, 1e6),
                        reader.doubleBetween("train.total-variation.limit", 1e-3, 2)),
                reader.oneOf("train.adversarial.loss", AdversarialLoss.class, AdversarialLoss::code),
                reader.intBetween("train.adversarial.past-fakes", 0, 10_000),
                reader.flag("train.adversarial.edge-term"),
                reader.flag("train.adversarial.color-jitter"),
                new LearningRates(
                        reader.doubleBetween("train.learning-rate.initialization", 1e-9, 1.0),
                        reader.doubleBetween("train.learning-rate.generator", 1e-9, 1.0),
                        reader.doubleBetween("train.learning-rate.discriminator", 1e-9, 1.0),
                        decay(rounds.initialization(), rounds, reader, "train.learning-rate.initialization-decay-from"),
                        decay(rounds.adversarial(), rounds, reader, "train.learning-rate.adversarial-decay-from")),
                new AdamSettings(
                        reader.doubleBetween("train.adam.beta1", 0.0, 0.999999),
                        reader.doubleBetween("train.adam.beta2", 0.0, 0.999999),
                        reader.doubleBetween("train.adam.epsilon", 1e-16, 1.0)),
                reader.intBetween("train.batch-size", 1, 4096),
                cropPixels(reader),
                reader.flag("train.flips"),
                reader.longBetween("train.seed", Long.MIN_VALUE, Long.MAX_VALUE));
    }

    private static LinearDecay decay(int phaseRounds, Rounds rounds, SettingsReader reader, String key) {
        return LinearDecay.over(
                Math.multiplyExact(phaseRounds, rounds.stepsPerRound()), reader.doubleBetween(key, 0, 1));
    }

    private static int cropPixels(SettingsReader reader) {
        String key = "train.crop-pixels";
        int pixels = reader.intBetween(key, 32, 2048);
        int multiple = GeneratorArchitecture.SIZE_MULTIPLE;
        if (pixels % multiple != 0) {
            reader.problem(key, pixels, "must be a multiple of " + multiple);
        }
        return pixels - pixels % multiple;
    }

    private static Features features(SettingsReader reader) {
        int[] widths = reader.ints("train.content.random-widths", 4, 1, 4096);
        return new Features(
                reader.oneOf("train.content.features", FeatureNetwork.class, FeatureNetwork::code),
                reader.text("train.content.vgg19"),
                reader.oneOf("train.content.vgg19-padding", Padding.class, Padding::code),
                Arrays.stream(widths).boxed().toList());
    }

    private static Rounds rounds(SettingsReader reader) {
        int initialization = reader.intBetween("train.initialization-rounds", 0, 1_000_000);
        int adversarial = reader.intBetween("train.adversarial-rounds", 0, 1_000_000);
        if (initialization == 0 && adversarial == 0) {
            reader.problem(
                    "train.adversarial-rounds", adversarial, "must be >= 1 where train.initialization-rounds is 0");
        }
        return new Rounds(
                initialization,
                adversarial,
                reader.intBetween("train.steps-per-round", 1, 1000),
                reader.intBetween("train.rounds-per-checkpoint", 1, 1_000_000),
                reader.intBetween("train.checkpoints-kept", 1, 1000));
    }
}
