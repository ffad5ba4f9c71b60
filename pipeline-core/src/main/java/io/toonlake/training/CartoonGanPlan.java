package io.toonlake.training;

import io.toonlake.loss.AdversarialLoss;
import io.toonlake.loss.Loss;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.training.TrainingSettings.LearningRates;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * CartoonGAN (paper, sections 3.2 and 3.3): one generator from photos to cartoons, one discriminator that also rejects
 * cartoons with smoothed edges, and a frozen feature network that holds the content.
 */
public final class CartoonGanPlan implements TrainingPlan {
    /** The generator's name in the training state. */
    public static final String GENERATOR = "generator";

    /** The discriminator's name in the training state. */
    public static final String DISCRIMINATOR = "discriminator";

    /** L_con, not multiplied by ω. */
    public static final String CONTENT = "content";

    /** Of the colours of areas, not multiplied by its weight; only where that is not 0. */
    public static final String COLOR = "color";

    /** Of the generator's pictures, not multiplied by its weight; only where that is not 0. */
    public static final String TOTAL_VARIATION = "total_variation";

    /** R(D(G(p))), judged by the discriminator as the step has updated it. */
    public static final String GENERATOR_ADVERSARIAL = "generator_adversarial";

    /** R(D(c)). */
    public static final String DISCRIMINATOR_REAL = "discriminator_real";

    /** K(D(e)). */
    public static final String DISCRIMINATOR_EDGE = "discriminator_edge";

    /** K(D(G(p))), or of what the pool of past fakes gave in its place. */
    public static final String DISCRIMINATOR_FAKE = "discriminator_fake";

    /** The order in which losses are told. */
    private static final List<String> LOSSES = List.of(
            CONTENT,
            COLOR,
            TOTAL_VARIATION,
            GENERATOR_ADVERSARIAL,
            DISCRIMINATOR_REAL,
            DISCRIMINATOR_EDGE,
            DISCRIMINATOR_FAKE);

    private final TrainingSettings settings;
    private final FeatureExtractor features;
    private final Learner generator;
    private final Learner discriminator;
    private final PastFakes pastFakes;
    /** Pictures in other colours, which the discriminator may still look back at until the step is done. */
    private final List<INDArray> recolored = new ArrayList<>();

    /**
     * The plan at initial weights drawn from the settings' seed.
     *
     * @param features what the content loss compares; it stays the caller's
     */
    public CartoonGanPlan(TrainingSettings settings, FeatureExtractor features) {
        this(settings, features, DataType.FLOAT);
    }

    CartoonGanPlan(TrainingSettings settings, FeatureExtractor features, DataType dataType) {
        this.settings = settings;
        this.features = features;
        this.generator = new Learner(GENERATOR, settings.generator().build(dataType, settings.seed()), settings.adam());
        // Any other seed would do: the two networks must only not start from the same draws.
        this.discriminator =
                new Learner(DISCRIMINATOR, settings.discriminator().build(dataType, ~settings.seed()), settings.adam());
        this.pastFakes = new PastFakes(settings.pastFakes());
    }

    @Override
    public List<Learner> learners() {
        return List.of(generator, discriminator);
    }

    @Override
    public List<Domain> domains(Phase phase) {
        if (!phase.usesDiscriminator()) {
            return List.of(Domain.PHOTO);
        }
        return settings.edgeTerm()
                ? List.of(Domain.PHOTO, Domain.CARTOON, Domain.EDGE_SMOOTHED)
                : List.of(Domain.PHOTO, Domain.CARTOON);
    }

    @Override
    public StepLosses step(Phase phase, StepsTaken stepsTaken, Batch batch) {
        LearningRates rates = settings.learningRates();
        Losses losses = new Losses(phase, stepsTaken.in(phase));
        INDArray photo = batch.of(Domain.PHOTO);
        try {
            INDArray generated = generator.network().forward(photo);
            try (INDArray gradient = Nd4j.zerosLike(generated)) {
                if (phase.usesDiscriminator()) {
                    trainDiscriminator(batch, generated, losses);
                    discriminator.step(rates.discriminatorAt(stepsTaken), stepsTaken.adversarial());
                    // The generator learns to be accepted by it ...
                    addAdversarial(gradient, generated, batch.draw(), losses);
                }
                // ... and to keep what the photo shows.
                addContent(gradient, generated, photo, losses);
                addColor(gradient, generated, photo, losses);
                addTotalVariation(gradient, generated, losses);
                generator.learn(gradient);
            }
            generator.step(rates.generatorAt(phase, stepsTaken), stepsTaken.total());
            return losses.toStepLosses();
        } finally {
            learners().forEach(Learner::release);
            recolored.forEach(INDArray::close);
            recolored.clear();
        }
    }

    /** It learns to accept cartoons, and to reject smoothed ones and the generator's. */
    private void trainDiscriminator(Batch batch, INDArray generated, Losses losses) {
        AdversarialLoss adversarial = settings.adversarialLoss();
        Draw draw = batch.draw();
        // A cartoon and its smoothed twin get the same colours: they are to differ in their edges alone.
        INDArray real = shown(batch.of(Domain.CARTOON), draw, Domain.CARTOON.name());
        losses.add(DISCRIMINATOR_REAL, discriminate(adversarial.towardsReal(judge(real))));
        if (settings.edgeTerm()) {
            INDArray edgeSmoothed = shown(batch.of(Domain.EDGE_SMOOTHED), draw, Domain.CARTOON.name());
            losses.add(DISCRIMINATOR_EDGE, discriminate(adversarial.towardsFake(judge(edgeSmoothed))));
        }
        try (INDArray mixed = pastFakes.mixed(generated, draw.random("past-fakes"))) {
            INDArray fake = shown(mixed, draw, "fake");
            losses.add(DISCRIMINATOR_FAKE, discriminate(adversarial.towardsFake(judge(fake))));
        }
    }

    /** What the discriminator sees of pictures; it stays the plan's, or is the pictures themselves. */
    private INDArray shown(INDArray pictures, Draw draw, String domain) {
        if (!settings.colorJitter()) {
            return pictures;
        }
        INDArray shown = jitter(pictures, draw, domain).apply(pictures);
        recolored.add(shown);
        return shown;
    }

    private static ColorJitter jitter(INDArray pictures, Draw draw, String domain) {
        return new ColorJitter((int) pictures.size(0), draw.random("color-jitter of " + domain));
    }

    private INDArray judge(INDArray pictures) {
        return discriminator.network().forward(pictures);
    }

    private double discriminate(Loss loss) {
        try (INDArray gradient = loss.gradient()) {
            discriminator.learn(gradient);
        }
        return loss.value();
    }

    private void addAdversarial(INDArray gradient, INDArray generated, Draw draw, Losses losses) {
        String purpose = "generated";
        Loss accepted = settings.adversarialLoss().towardsReal(judge(shown(generated, draw, purpose)));
        losses.add(GENERATOR_ADVERSARIAL, accepted.value());
        INDArray push;
        try (INDArray slope = accepted.gradient()) {
            push = discriminator.network().inputGradient(slope);
        }
        if (settings.colorJitter()) {
            recolored.add(push);
            push = jitter(generated, draw, purpose).backward(push);
        }
        gradient.addi(push);
        push.close();
    }

    /** Adds the gradient of ω · L_con to what there is. */
    private void addContent(INDArray gradient, INDArray generated, INDArray photo, Losses losses) {
        try (INDArray target = features.features(photo);
                FeatureExtractor.Recording recording = features.record(generated)) {
            Loss loss = settings.contentLoss().between(recording.features(), target);
            losses.add(CONTENT, loss.value());
            try (INDArray slope = loss.gradient().muli(settings.contentWeight());
                    INDArray pull = recording.backward(slope)) {
                gradient.addi(pull);
            }
        }
    }

    private void addColor(INDArray gradient, INDArray generated, INDArray photo, Losses losses) {
        if (settings.colorLoss().used()) {
            Loss loss = settings.colorLoss().between(generated, photo);
            losses.add(COLOR, loss.value());
            addPull(gradient, loss, settings.colorLoss().weight());
        }
    }

    private void addTotalVariation(INDArray gradient, INDArray generated, Losses losses) {
        if (settings.totalVariationLoss().used()) {
            Loss loss = settings.totalVariationLoss().of(generated);
            losses.add(TOTAL_VARIATION, loss.value());
            addPull(gradient, loss, settings.totalVariationLoss().weight());
        }
    }

    /** Adds the weighted gradient of a loss of the picture itself, and frees it. */
    private static void addPull(INDArray gradient, Loss loss, double weight) {
        try (INDArray pull = loss.gradient().muli(weight)) {
            gradient.addi(pull);
        }
    }

    /** The step's losses so far; one that is no number stops the step before it can spoil a network. */
    private static final class Losses {
        private final Phase phase;
        private final int step;
        private final Map<String, Double> byName = new HashMap<>();

        Losses(Phase phase, int step) {
            this.phase = phase;
            this.step = step;
        }

        void add(String name, double value) {
            if (!Double.isFinite(value)) {
                throw new DivergedException(phase, step, name.replace('_', ' '), value);
            }
            byName.put(name, value);
        }

        StepLosses toStepLosses() {
            Map<String, Double> ordered = new LinkedHashMap<>();
            LOSSES.stream().filter(byName::containsKey).forEach(name -> ordered.put(name, byName.get(name)));
            return new StepLosses(ordered);
        }
    }

    @Override
    public void forget() {
        pastFakes.clear();
    }

    @Override
    public void close() {
        pastFakes.close();
        learners().forEach(Learner::close);
    }
}
