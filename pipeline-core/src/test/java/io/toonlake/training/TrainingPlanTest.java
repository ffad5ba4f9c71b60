package io.toonlake.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.image.PixelImage;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Another method under the same trainer. */
class TrainingPlanTest {
    private static List<PixelImage> pictures(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return IntStream.range(0, 4)
                .mapToObj(n -> {
                    byte[] pixels = new byte[40 * 40 * 3];
                    random.nextBytes(pixels);
                    return PixelImage.bgr(40, 40, pixels);
                })
                .toList();
    }

    private static StepLosses steps(LocalTrainer trainer, int from, int to) {
        BatchSampler sampler = new BatchSampler(1, 32, true);
        Map<String, List<PixelImage>> pictures = Map.of("photo", pictures(1), "cartoon", pictures(2));
        StepLosses last = null;
        for (int step = from; step < to; step++) {
            try (Batch batch = sampler.batch(trainer.domains(Phase.ADVERSARIAL), pictures, new Draw(1, 0, 0, step))) {
                last = trainer.step(Phase.ADVERSARIAL, batch);
            }
        }
        return last;
    }

    @Test
    void twoGeneratorsAndTwoDiscriminatorsAreAnotherPlanUnderTheSameTrainer() {
        try (LocalTrainer trainer = new LocalTrainer(new CyclePlan())) {
            assertThat(trainer.layout().segments())
                    .extracting(StateLayout.Segment::name)
                    .containsExactly(
                            "to-cartoon",
                            "to-cartoon.adam",
                            "to-photo",
                            "to-photo.adam",
                            "cartoon-discriminator",
                            "cartoon-discriminator.adam",
                            "photo-discriminator",
                            "photo-discriminator.adam");
            TrainingState before = trainer.state();

            StepLosses first = steps(trainer, 0, 1);
            StepLosses last = steps(trainer, 1, 25);

            assertThat(last.of("judge_photo") + last.of("judge_cartoon"))
                    .isLessThan(0.9 * (first.of("judge_photo") + first.of("judge_cartoon")));
            for (Learner learner : new CyclePlan().learners()) {
                assertThat(trainer.state().segment(learner.name()))
                        .as(learner.name())
                        .isNotEqualTo(before.segment(learner.name()));
            }
        }
    }

    @Test
    void itsStateCanBeMovedToAnotherTrainerLikeAnyOther() {
        try (LocalTrainer straight = new LocalTrainer(new CyclePlan());
                LocalTrainer moved = new LocalTrainer(new CyclePlan())) {
            steps(straight, 0, 2);
            TrainingState halfway = straight.state();
            StepsTaken taken = straight.stepsTaken();
            steps(straight, 2, 4);
            steps(moved, 7, 9);

            moved.load(halfway, taken);
            steps(moved, 2, 4);

            assertThat(moved.state()).isEqualTo(straight.state());
        }
    }
}
