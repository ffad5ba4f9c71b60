package io.toonlake.training;

import io.toonlake.loss.AdversarialLoss;
import io.toonlake.loss.ContentLoss;
import io.toonlake.loss.Loss;
import io.toonlake.network.DiscriminatorArchitecture;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.training.TrainingSettings.AdamSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** CycleGAN (Zhu et al., 2017), with two generators, two discriminators and two domains: another method for what carries out plans. */
public final class CyclePlan implements TrainingPlan {
    private static final List<Domain> DOMAINS = List.of(Domain.PHOTO, Domain.CARTOON);

    /** One direction of the cycle: x to y by G, judged by D, and back to x by F. */
    private record Direction(String name, Domain from, Domain to, Learner forth, Learner back, Learner judge) {}

    private static final double CYCLE_WEIGHT = 10;
    private static final double RATE = 1e-3;

    private final Learner toCartoon = generator("to-cartoon", 1);
    private final Learner toPhoto = generator("to-photo", 2);
    private final Learner cartoonJudge = discriminator("cartoon-discriminator", 3);
    private final Learner photoJudge = discriminator("photo-discriminator", 4);
    private final List<Direction> directions = List.of(
            new Direction("cartoon", Domain.PHOTO, Domain.CARTOON, toCartoon, toPhoto, cartoonJudge),
            new Direction("photo", Domain.CARTOON, Domain.PHOTO, toPhoto, toCartoon, photoJudge));

    private static Learner generator(String name, long seed) {
        return new Learner(
                name,
                new GeneratorArchitecture(2, 1, Padding.ZERO, 1e-5).build(DataType.FLOAT, seed),
                AdamSettings.PUBLISHED);
    }

    private static Learner discriminator(String name, long seed) {
        return new Learner(
                name, new DiscriminatorArchitecture(2, 1e-5).build(DataType.FLOAT, seed), AdamSettings.PUBLISHED);
    }

    @Override
    public List<Learner> learners() {
        return List.of(toCartoon, toPhoto, cartoonJudge, photoJudge);
    }

    @Override
    public List<Domain> domains(Phase phase) {
        return DOMAINS;
    }

    @Override
    public StepLosses step(Phase phase, StepsTaken stepsTaken, Batch batch) {
        Map<String, Double> losses = new LinkedHashMap<>();
        for (Direction direction : directions) {
            INDArray real = batch.of(direction.from());
            INDArray made = direction.forth().network().forward(real);
            losses.put(
                    "judge_" + direction.name(),
                    learn(direction.judge(), batch.of(direction.to()), true) + learn(direction.judge(), made, false));
            direction.judge().step(RATE, stepsTaken.total());

            Loss fooled = AdversarialLoss.LSGAN.towardsReal(
                    direction.judge().network().forward(made));
            INDArray gradient = direction.judge().network().backward(fooled.gradient());
            losses.put("fool_" + direction.name(), fooled.value());

            Loss cycle = ContentLoss.L1.between(direction.back().network().forward(made), real);
            losses.put("cycle_" + direction.name(), cycle.value());
            gradient.addi(direction.back().network().backward(cycle.gradient().muli(CYCLE_WEIGHT)));
            direction.forth().learn(gradient);
            direction.forth().step(RATE, stepsTaken.total());
        }
        learners().forEach(Learner::release);
        return new StepLosses(losses);
    }

    private static double learn(Learner judge, INDArray pictures, boolean real) {
        INDArray logits = judge.network().forward(pictures);
        Loss loss = real ? AdversarialLoss.LSGAN.towardsReal(logits) : AdversarialLoss.LSGAN.towardsFake(logits);
        judge.learn(loss.gradient());
        return loss.value();
    }

    @Override
    public void forget() {
        // It remembers nothing else.
    }

    @Override
    public void close() {
        learners().forEach(Learner::close);
    }
}
