package io.toonlake.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.toonlake.loss.AdversarialLoss;
import io.toonlake.loss.ColorLoss;
import io.toonlake.loss.ContentLoss;
import io.toonlake.loss.TotalVariationLoss;
import io.toonlake.network.DiscriminatorArchitecture;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.network.RandomFeatures;
import io.toonlake.network.Upsampling;
import io.toonlake.training.TrainingSettings.AdamSettings;
import io.toonlake.training.TrainingSettings.LearningRates;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LocalTrainerTest {
    /** Long enough for single precision to see a difference, short enough to be straight. */
    private static final double STEP = 2e-5;

    private final FeatureExtractor features = RandomFeatures.draw(DataType.FLOAT, List.of(4, 4, 8, 8), 1);
    private final INDArray photo = pictures(1);
    private final INDArray cartoon = pictures(2);
    private final INDArray edgeSmoothed = pictures(3);

    private static TrainingSettings settings(boolean edgeTerm, AdversarialLoss adversarial) {
        return settings(edgeTerm, adversarial, LinearDecay.NONE);
    }

    private static TrainingSettings settings(boolean edgeTerm, AdversarialLoss adversarial, LinearDecay decay) {
        return settings(
                10, ColorLoss.NONE, adversarial, edgeTerm, false, new LearningRates(1e-3, 1e-3, 1e-3, decay, decay));
    }

    private static TrainingSettings settings(
            double contentWeight,
            ColorLoss color,
            AdversarialLoss adversarial,
            boolean edgeTerm,
            boolean colorJitter,
            LearningRates rates) {
        return settings(contentWeight, color, adversarial, 0, edgeTerm, colorJitter, rates);
    }

    private static TrainingSettings settings(
            double contentWeight,
            ColorLoss color,
            AdversarialLoss adversarial,
            int pastFakes,
            boolean edgeTerm,
            boolean colorJitter,
            LearningRates rates) {
        return settings(
                contentWeight, color, TotalVariationLoss.NONE, adversarial, pastFakes, edgeTerm, colorJitter, rates);
    }

    private static TrainingSettings settings(
            double contentWeight,
            ColorLoss color,
            TotalVariationLoss totalVariation,
            AdversarialLoss adversarial,
            int pastFakes,
            boolean edgeTerm,
            boolean colorJitter,
            LearningRates rates) {
        return new TrainingSettings(
                new GeneratorArchitecture(4, 1, Padding.ZERO, 1e-5),
                new DiscriminatorArchitecture(4, 1e-5),
                contentWeight,
                ContentLoss.L1,
                color,
                totalVariation,
                adversarial,
                pastFakes,
                edgeTerm,
                colorJitter,
                rates,
                AdamSettings.PUBLISHED,
                2,
                32,
                true,
                42);
    }

    private LocalTrainer trainer() {
        return trainer(settings(true, AdversarialLoss.BCE));
    }

    private LocalTrainer trainer(TrainingSettings settings) {
        return new LocalTrainer(new CartoonGanPlan(settings, features));
    }

    private static INDArray pictures(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[2 * 3 * 32 * 32];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return Nd4j.createFromArray(values).reshape('c', 2, 3, 32, 32);
    }

    private StepLosses step(LocalTrainer trainer, Phase phase) {
        return trainer.step(phase, batch(photo));
    }

    private Batch batch(INDArray photos) {
        return new Batch(
                Map.of("photo", photos, "cartoon", cartoon, "edge-smoothed", edgeSmoothed), new Draw(1, 0, 0, 0));
    }

    private static Batch photosAlone(INDArray photos) {
        return new Batch(Map.of("photo", photos), new Draw(1, 0, 0, 0));
    }

    private static double discriminator(StepLosses losses) {
        return losses.of("discriminator_real") + losses.of("discriminator_edge") + losses.of("discriminator_fake");
    }

    @AfterEach
    void free() {
        features.close();
    }

    @Test
    void initializationBringsTheContentLossDownAndLeavesTheDiscriminatorAlone() {
        try (LocalTrainer trainer = trainer()) {
            float[] discriminator = trainer.state().segment("discriminator");
            StepLosses first = step(trainer, Phase.INITIALIZATION);
            for (int i = 0; i < 20; i++) {
                trainer.step(Phase.INITIALIZATION, photosAlone(photo));
            }

            StepLosses last = step(trainer, Phase.INITIALIZATION);

            assertThat(last.of("content")).isLessThan(0.9 * first.of("content"));
            assertThat(last.byName()).containsOnlyKeys("content");
            assertThat(trainer.state().segment("discriminator")).isEqualTo(discriminator);
        }
    }

    @Test
    void discriminatorLearnsToTellItsThreeKindsApart() {
        try (LocalTrainer trainer = trainer()) {
            StepLosses first = step(trainer, Phase.ADVERSARIAL);
            for (int i = 0; i < 20; i++) {
                step(trainer, Phase.ADVERSARIAL);
            }

            StepLosses last = step(trainer, Phase.ADVERSARIAL);

            // All logits start near 0, where each cross-entropy is ln 2.
            assertThat(first.of("discriminator_real")).isCloseTo(Math.log(2), within(0.05));
            assertThat(first.of("discriminator_edge")).isCloseTo(Math.log(2), within(0.05));
            assertThat(first.of("discriminator_fake")).isCloseTo(Math.log(2), within(0.05));
            assertThat(discriminator(last)).isLessThan(0.9 * discriminator(first));
        }
    }

    @Test
    void edgeTermCanBeSwitchedOff() {
        try (LocalTrainer trainer = trainer(settings(false, AdversarialLoss.LSGAN))) {
            StepLosses losses = trainer.step(
                    Phase.ADVERSARIAL, new Batch(Map.of("photo", photo, "cartoon", cartoon), new Draw(1, 0, 0, 0)));

            assertThat(trainer.domains(Phase.ADVERSARIAL)).containsExactly(Domain.PHOTO, Domain.CARTOON);
            assertThat(losses.byName())
                    .containsOnlyKeys("discriminator_real", "discriminator_fake", "generator_adversarial", "content");
        }
    }

    @Test
    void generatorLearnsThePhotosColoursInBothPhases() {
        LearningRates rates = new LearningRates(1e-3, 1e-3, 1e-12, LinearDecay.NONE, LinearDecay.NONE);
        TrainingSettings settings = settings(1e-9, new ColorLoss(100, 4), AdversarialLoss.BCE, true, false, rates);
        try (LocalTrainer trainer = trainer(settings)) {
            for (Phase phase : Phase.values()) {
                double first = step(trainer, phase).of("color");
                for (int i = 0; i < 10; i++) {
                    step(trainer, phase);
                }
                assertThat(step(trainer, phase).of("color")).as(phase.code()).isLessThan(0.9 * first);
            }
        }
    }

    @Test
    void generatorFlattensItsPicturesInBothPhases() {
        LearningRates rates = new LearningRates(1e-3, 1e-3, 1e-12, LinearDecay.NONE, LinearDecay.NONE);
        TotalVariationLoss flattening = new TotalVariationLoss(100, 2);
        try (LocalTrainer trainer =
                trainer(settings(1e-9, ColorLoss.NONE, flattening, AdversarialLoss.BCE, 0, true, false, rates))) {
            for (Phase phase : Phase.values()) {
                double first = step(trainer, phase).of("total_variation");
                for (int i = 0; i < 10; i++) {
                    step(trainer, phase);
                }
                assertThat(step(trainer, phase).of("total_variation"))
                        .as(phase.code())
                        .isLessThan(0.9 * first);
            }
        }
    }

    @Test
    void colorLossPullsByItsWeight() {
        pullsByItsWeight(
                firstMoments(ColorLoss.NONE, TotalVariationLoss.NONE),
                firstMoments(new ColorLoss(10, 4), TotalVariationLoss.NONE),
                firstMoments(new ColorLoss(30, 4), TotalVariationLoss.NONE));
    }

    @Test
    void totalVariationLossPullsByItsWeight() {
        pullsByItsWeight(
                firstMoments(ColorLoss.NONE, TotalVariationLoss.NONE),
                firstMoments(ColorLoss.NONE, new TotalVariationLoss(10, 0.1)),
                firstMoments(ColorLoss.NONE, new TotalVariationLoss(30, 0.1)));
    }

    private static void pullsByItsWeight(float[] none, float[] once, float[] thrice) {
        double pull = 0;
        double off = 0;
        for (int i = 0; i < none.length; i++) {
            pull += Math.pow(once[i] - none[i], 2);
            off += Math.pow(thrice[i] - none[i] - 3 * (once[i] - none[i]), 2);
        }
        assertThat(Math.sqrt(pull)).isPositive();
        assertThat(Math.sqrt(off / pull)).isLessThan(1e-3);
    }

    /** Adam's, of the generator: after one step (1 - beta1) times its gradient. */
    private float[] firstMoments(ColorLoss color, TotalVariationLoss totalVariation) {
        LearningRates rates = new LearningRates(1e-3, 1e-3, 1e-3, LinearDecay.NONE, LinearDecay.NONE);
        try (LocalTrainer trainer =
                trainer(settings(1, color, totalVariation, AdversarialLoss.BCE, 0, true, false, rates))) {
            int parameters = trainer.state().segment("generator").length;
            trainer.step(Phase.INITIALIZATION, photosAlone(photo));
            return Arrays.copyOf(trainer.state().segment("generator.adam"), parameters);
        }
    }

    @Test
    void colorJitterGivesACartoonAndItsSmoothedTwinTheSameColours() {
        CartoonGanPlan plan = new CartoonGanPlan(jittered(), features);
        Batch twins =
                new Batch(Map.of("photo", photo, "cartoon", cartoon, "edge-smoothed", cartoon), new Draw(1, 0, 0, 0));
        ColorJitter colours = new ColorJitter(2, twins.draw().random("color-jitter of cartoon"));
        double logit = plan.learners()
                .get(1)
                .network()
                .forward(colours.apply(cartoon))
                .meanNumber()
                .doubleValue();
        try (LocalTrainer trainer = new LocalTrainer(plan)) {
            StepLosses losses = trainer.step(Phase.ADVERSARIAL, twins);

            // softplus(z) - softplus(-z) = z
            assertThat(losses.of("discriminator_edge") - losses.of("discriminator_real"))
                    .isCloseTo(logit, within(1e-6));
        }
    }

    @Test
    void generatorLearnsThroughTheColorJitter() {
        try (LocalTrainer trainer = trainer(jittered())) {
            TrainingState start = trainer.state();
            step(trainer, Phase.ADVERSARIAL);
            // After one step Adam's first moment is (1 - beta1) times the gradient.
            float[] moments = trainer.state().segment("generator.adam");
            double[] gradient = new double[start.segment("generator").length];
            double square = 0;
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = moments[i] / (1 - AdamSettings.PUBLISHED.beta1());
                square += gradient[i] * gradient[i];
            }

            double along =
                    (adversarialLoss(trainer, start, gradient, STEP) - adversarialLoss(trainer, start, gradient, -STEP))
                            / (2 * STEP);

            assertThat(along).isCloseTo(square, within(0.03 * square));
        }
    }

    /** With a discriminator that stands still, and next to no content loss. */
    private static TrainingSettings jittered() {
        LearningRates rates = new LearningRates(1e-3, 1e-3, 1e-12, LinearDecay.NONE, LinearDecay.NONE);
        return settings(1e-9, ColorLoss.NONE, AdversarialLoss.BCE, true, true, rates);
    }

    /** The loss with the generator's parameters moved so far along the direction. */
    private double adversarialLoss(LocalTrainer trainer, TrainingState start, double[] direction, double by) {
        TrainingState moved = new TrainingState(start.layout(), start.values().clone());
        int offset = start.layout().segment("generator").offset();
        for (int i = 0; i < direction.length; i++) {
            moved.values()[offset + i] += (float) (by * direction[i]);
        }
        trainer.load(moved, StepsTaken.NONE);
        return step(trainer, Phase.ADVERSARIAL).of("generator_adversarial");
    }

    @Test
    void stateHoldsEverythingThatTheNextStepNeeds() {
        try (LocalTrainer one = trainer();
                LocalTrainer other = trainer()) {
            step(one, Phase.INITIALIZATION);
            step(one, Phase.ADVERSARIAL);
            step(other, Phase.ADVERSARIAL);
            other.load(one.state(), one.stepsTaken());

            StepLosses expected = step(one, Phase.ADVERSARIAL);

            assertThat(step(other, Phase.ADVERSARIAL)).isEqualTo(expected);
            assertThat(other.state()).isEqualTo(one.state());
            assertThat(other.stepsTaken()).isEqualTo(new StepsTaken(1, 2));
        }
    }

    @Test
    void learningRatesFallWithinTheirPhase() {
        TrainingSettings falling = settings(true, AdversarialLoss.BCE, new LinearDecay(1, 4));
        try (LocalTrainer constant = trainer();
                LocalTrainer decayed = trainer(falling)) {
            for (int i = 0; i < 2; i++) {
                step(constant, Phase.INITIALIZATION);
                step(decayed, Phase.INITIALIZATION);
            }
            // One step at the full rate, and the first of the falling ones, which is still full.
            assertThat(decayed.state()).isEqualTo(constant.state());
            float[] before = constant.state().segment("generator");

            step(constant, Phase.INITIALIZATION);
            step(decayed, Phase.INITIALIZATION);

            float[] full = constant.state().segment("generator");
            float[] reduced = decayed.state().segment("generator");
            for (int i = 0; i < before.length; i++) {
                assertThat(reduced[i] - before[i]).isCloseTo(0.75f * (full[i] - before[i]), within(1e-6f));
            }
        }
    }

    @Test
    void stateIsNamedAndOrdered() {
        try (LocalTrainer trainer = trainer()) {
            assertThat(trainer.layout().segments())
                    .extracting(StateLayout.Segment::name)
                    .containsExactly("generator", "generator.adam", "discriminator", "discriminator.adam");
            assertThat(trainer.state().segment("generator"))
                    .isEqualTo(trainer.generator().flatParameters().toFloatVector());
            assertThat(trainer.state().segment("generator.adam"))
                    .hasSize(2 * trainer.state().segment("generator").length)
                    .containsOnly(0);
        }
    }

    @Test
    void stateOfOtherNetworksIsRefused() {
        StateLayout other = new StateLayout(List.of(new StateLayout.Segment("generator", 0, 1)));
        try (LocalTrainer trainer = trainer()) {
            assertThatThrownBy(() -> trainer.load(new TrainingState(other, new float[1]), StepsTaken.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Cannot load training state: it has [Segment[name=generator, offset=0");
        }
    }

    @Test
    void lossThatIsNoNumberStopsTrainingBeforeItSpoilsTheGenerator() {
        try (LocalTrainer trainer = trainer()) {
            step(trainer, Phase.INITIALIZATION);
            float[] before = trainer.state().segment("generator");
            INDArray broken = photo.dup();
            broken.putScalar(0, 0, 3, 3, Float.NaN);

            assertThatThrownBy(() -> trainer.step(Phase.INITIALIZATION, photosAlone(broken)))
                    .isInstanceOf(DivergedException.class)
                    .hasMessageContaining("the content loss is NaN at step 1 of the initialization phase");
            assertThat(trainer.state().segment("generator")).isEqualTo(before);
        }
    }

    /** Two pictures a step fill a pool of two at once: from the second step on some that are shown are of a step before. */
    @Test
    void pastFakesAreShownToTheDiscriminatorUntilAStateIsLoaded() {
        List<Double> newest = fakeLosses(0);
        List<Double> pooled = fakeLosses(2);

        assertThat(pooled.subList(0, 1)).isEqualTo(newest.subList(0, 1));
        assertThat(pooled.subList(1, 8)).isNotEqualTo(newest.subList(1, 8));

        TrainingSettings settings = withPastFakes(2);
        try (LocalTrainer trainer = trainer(settings)) {
            TrainingState start = trainer.state();
            List<Double> first = fakeLosses(trainer);
            trainer.load(start, StepsTaken.NONE);

            // What another worker, which has no pool yet, would do from here.
            assertThat(fakeLosses(trainer)).isEqualTo(first);
        }
    }

    private List<Double> fakeLosses(int pastFakes) {
        try (LocalTrainer trainer = trainer(withPastFakes(pastFakes))) {
            return fakeLosses(trainer);
        }
    }

    private List<Double> fakeLosses(LocalTrainer trainer) {
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Map<String, INDArray> domains = Map.of("photo", photo, "cartoon", cartoon, "edge-smoothed", edgeSmoothed);
            losses.add(trainer.step(Phase.ADVERSARIAL, new Batch(domains, new Draw(1, 0, 0, i)))
                    .of("discriminator_fake"));
        }
        return losses;
    }

    private static TrainingSettings withPastFakes(int pastFakes) {
        return settings(
                10,
                ColorLoss.NONE,
                AdversarialLoss.BCE,
                pastFakes,
                true,
                false,
                new LearningRates(1e-2, 1e-2, 1e-2, LinearDecay.NONE, LinearDecay.NONE));
    }

    @ParameterizedTest
    @CsvSource({
        "INITIALIZATION, ZERO, TRANSPOSED, BCE, L1, 0, 0, false, 0",
        "ADVERSARIAL, ZERO, TRANSPOSED, BCE, L1, 0, 0, false, 0",
        "ADVERSARIAL, REFLECT, RESIZE, LSGAN, L2, 1, 1, true, 2",
    })
    void stepsLeaveNothingInNativeMemory(
            Phase phase,
            Padding padding,
            Upsampling upsampling,
            AdversarialLoss adversarial,
            ContentLoss content,
            double colorWeight,
            double totalVariationWeight,
            boolean colorJitter,
            int pastFakes) {
        TrainingSettings settings = new TrainingSettings(
                new GeneratorArchitecture(4, 1, padding, upsampling, 1e-5),
                new DiscriminatorArchitecture(4, 1e-5),
                10,
                content,
                new ColorLoss(colorWeight, 2),
                new TotalVariationLoss(totalVariationWeight, 0.1),
                adversarial,
                pastFakes,
                true,
                colorJitter,
                new LearningRates(1e-3, 1e-3, 1e-3, LinearDecay.NONE, LinearDecay.NONE),
                AdamSettings.PUBLISHED,
                2,
                32,
                true,
                42);
        try (LocalTrainer trainer = trainer(settings)) {
            Batch batch = phase.usesDiscriminator() ? batch(photo) : photosAlone(photo);
            // What is made once is there after two steps, the pool of past fakes among it.
            for (int i = 0; i < 2; i++) {
                trainer.step(phase, batch);
            }
            for (int i = 0; i < 3; i++) {
                long before = OpenArrays.bytes();

                trainer.step(phase, batch);

                // Numbers that stand alone wait for the garbage collector; the smallest array that pictures make, their
                // logits, has 512 bytes.
                assertThat(OpenArrays.bytes() - before).isLessThan(512);
            }
        }
    }
}
