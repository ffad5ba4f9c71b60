package io.toonlake.training;

import io.toonlake.loss.AdversarialLoss;
import io.toonlake.loss.Loss;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.training.TrainingSettings.LearningRates;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * CartoonGAN (paper, sections 3.2 and 3.3): one generator from photos to cartoons, one discriminator that also rejects
 * cartoons with smoothed edges, and a frozen feature network that holds the content.
 */
final class CartoonGanPlan implements TrainingPlan {
    /** The generator's name in the training state. */
    static final String GENERATOR = "generator";

    private static final String DISCRIMINATOR = "discriminator";

    private final TrainingSettings settings;
    private final FeatureExtractor features;
    private final Learner generator;
    private final Learner discriminator;

    CartoonGanPlan(TrainingSettings settings, FeatureExtractor features, DataType dataType) {
        this.settings = settings;
        this.features = features;
        this.generator = new Learner(GENERATOR, settings.generator().build(dataType, settings.seed()), settings.adam());
        // Any other seed would do: the two networks must only not start from the same draws.
        this.discriminator =
                new Learner(DISCRIMINATOR, settings.discriminator().build(dataType, ~settings.seed()), settings.adam());
    }

    @Override
    public List<Learner> learners() {
        return List.of(generator, discriminator);
    }

    @Override
    public StepLosses step(
            Phase phase, StepsTaken stepsTaken, INDArray photo, INDArray cartoon, INDArray edgeSmoothed) {
        AdversarialLoss adversarial = settings.adversarialLoss();
        LearningRates rates = settings.learningRates();
        FiniteCheck check = new FiniteCheck(phase, stepsTaken.in(phase));
        double fooled = 0;
        double real = 0;
        double edge = 0;
        double fake = 0;
        try {
            INDArray generated = generator.network().forward(photo);
            INDArray gradient = Nd4j.zerosLike(generated);

            if (phase.usesDiscriminator()) {
                // The discriminator learns to accept cartoons, and to reject smoothed ones and the generator's.
                real = check.value("real", discriminate(adversarial.towardsReal(judge(cartoon))));
                if (settings.edgeTerm()) {
                    edge = check.value("edge", discriminate(adversarial.towardsFake(judge(edgeSmoothed))));
                }
                fake = check.value("fake", discriminate(adversarial.towardsFake(judge(generated))));
                discriminator.step(rates.discriminator(), stepsTaken.adversarial());

                // The generator learns to be accepted by it ...
                Loss accepted = adversarial.towardsReal(judge(generated));
                fooled = check.value("generator's adversarial", accepted.value());
                try (INDArray push = discriminator.network().backward(accepted.gradient())) {
                    gradient.addi(push);
                }
            }

            // ... and to keep the photo's content.
            double content = check.value("content", addContent(gradient, generated, photo));
            generator.learn(gradient);
            generator.step(phase.usesDiscriminator() ? rates.generator() : rates.initialization(), stepsTaken.total());
            return new StepLosses(content, fooled, real, edge, fake);
        } finally {
            learners().forEach(Learner::release);
        }
    }

    private INDArray judge(INDArray pictures) {
        return discriminator.network().forward(pictures);
    }

    private double discriminate(Loss loss) {
        discriminator.learn(loss.gradient());
        return loss.value();
    }

    /** Adds the gradient of ω · L_con to what there is, and returns L_con. */
    private double addContent(INDArray gradient, INDArray generated, INDArray photo) {
        try (INDArray target = features.features(photo);
                FeatureExtractor.Recording recording = features.record(generated)) {
            Loss loss = settings.contentLoss().between(recording.features(), target);
            try (INDArray pull = recording.backward(loss.gradient().muli(settings.contentWeight()))) {
                gradient.addi(pull);
            }
            return loss.value();
        }
    }

    /** Stops a step before a loss that is no number can spoil a network. */
    private record FiniteCheck(Phase phase, int step) {
        double value(String loss, double value) {
            if (!Double.isFinite(value)) {
                throw new DivergedException(phase, step, loss, value);
            }
            return value;
        }
    }

    @Override
    public void close() {
        learners().forEach(Learner::close);
    }
}
