package io.toonlake.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.model.Tensors;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Training against PyTorch, in double precision, with narrow networks: the same seeded weights and pictures, 5 steps of
 * the initialization phase and 20 alternating ones of the adversarial phase.
 *
 * <p>Four cases, in which bce and lsgan, l1 and l2, with and without the edge term, both paddings of generator and feature
 * network, both upsamplings, and constant and falling learning rates meet each other. Compared are
 *
 * <ul>
 *   <li>every loss of every step, to 1e-6 of itself;
 *   <li>every gradient of the first step of each phase, tensor by tensor, to 1e-6 of the tensor's largest entry. It is read
 *       from Adam's mean gradients before and after the step;
 *   <li>every parameter after the last step, in the same way.
 * </ul>
 *
 * <p>Biases right before a norm have no true gradient; both sides set it to zero, so they must end where they began. With
 * reflection padding a constant stays a constant through a convolution, so whatever shifts the input of the one before a norm has no effect
 * either. Both sides leave such biases and shifts their rounding noise, which Adam turns into steps that change nothing: these gradients
 * are compared with the network's largest, and where the parameters end is not compared.
 */
class TrainingReferenceTest {
    private static final double TOLERANCE = 1e-6;

    /** ND4J's batch normalization divides by the number of pixels in single precision, in its backward pass. */
    private static final double NOISE = 1e-8;

    static List<TrainingReference> cases() throws IOException {
        List<TrainingReference> cases = new ArrayList<>();
        for (JsonNode reference :
                TrainingReference.json(TrainingReference.folder().resolve("cases.json"))) {
            cases.add(TrainingReference.of(reference));
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void stepsAreThoseOfPyTorch(TrainingReference reference) throws IOException {
        Tensors initial = tensors("initial");
        Tensors pictures = tensors("pictures");
        Tensors expected = tensors(reference.name());
        String upsampling = reference.settings().generator().upsampling().code();
        try (FeatureExtractor features = reference.features(initial, "features/", DataType.DOUBLE);
                TrainingPlan plan = new CartoonGanPlan(reference.settings(), features, DataType.DOUBLE)) {
            for (Learner learner : plan.learners()) {
                TrainingReference.load(learner.network(), initial, "%s/%s/".formatted(upsampling, learner.name()));
            }

            for (int step = 0; step < reference.steps().size(); step++) {
                StepsTaken taken = reference.before(step);
                Phase phase = reference.steps().get(step).phase();
                List<ParameterVectors> meansBefore =
                        plan.learners().stream().map(ParameterVectors::means).toList();
                StepLosses losses;
                try (Batch batch = reference.batch(pictures, step, DataType.DOUBLE)) {
                    losses = plan.step(phase, taken, batch);
                }

                assertLosses(losses, reference.steps().get(step).losses(), step);
                if (taken.in(phase) == 0) {
                    assertGradients(reference, plan, meansBefore, phase, expected);
                }
            }

            for (Learner learner : plan.learners()) {
                Map<String, Double> differences = ParameterVectors.values(learner)
                        .largestDifferences(ParameterVectors.of(learner, expected, "final/"));
                differences.keySet().removeAll(withoutEffect(reference));
                assertAllSmall(differences, "parameters after the last step");
            }
        }
    }

    private static void assertLosses(StepLosses losses, Map<String, Double> expected, int step) {
        assertThat(losses.byName()).as("losses of step %d", step).containsOnlyKeys(expected.keySet());
        expected.forEach((name, value) -> assertThat(losses.of(name))
                .as("%s loss of step %d", name, step)
                .isCloseTo(value, withinPercentage(100 * TOLERANCE)));
    }

    private static void assertGradients(
            TrainingReference reference,
            TrainingPlan plan,
            List<ParameterVectors> meansBefore,
            Phase phase,
            Tensors expected) {
        double beta1 = reference.settings().adam().beta1();
        for (int i = 0; i < plan.learners().size(); i++) {
            Learner learner = plan.learners().get(i);
            ParameterVectors gradients = ParameterVectors.means(learner)
                    .plus(-beta1, meansBefore.get(i))
                    .times(1 / (1 - beta1));
            if (learner.name().equals(CartoonGanPlan.GENERATOR) || phase.usesDiscriminator()) {
                ParameterVectors pyTorchs = ParameterVectors.of(learner, expected, phase.code() + "-gradient/");
                Map<String, Double> differences = gradients.largestDifferences(pyTorchs);
                for (String name : withoutEffect(reference)) {
                    if (differences.remove(name) != null) {
                        assertThat(gradients.largest(name)).as(name).isLessThan(NOISE * gradients.largest());
                        assertThat(pyTorchs.largest(name)).as(name).isLessThan(NOISE * pyTorchs.largest());
                    }
                }
                assertAllSmall(differences, "gradients of the first step of the %s phase".formatted(phase.code()));
            }
        }
    }

    /** The generator's, beside biases right before a norm. */
    private static Set<String> withoutEffect(TrainingReference reference) {
        if (reference.settings().generator().padding() != Padding.REFLECT) {
            return Set.of();
        }
        Set<String> names = new HashSet<>(Set.of(
                "generator/conv02_1.bias",
                "generator/conv03_1.bias",
                "generator/deconv01_1.bias",
                "generator/deconv02_1.bias"));
        if (reference.settings().generator().upsampling() == Upsampling.RESIZE) {
            names.add("generator/in04_2.shift");
        }
        return names;
    }

    private static void assertAllSmall(Map<String, Double> differences, String what) {
        assertThat(differences).isNotEmpty();
        differences.forEach((name, difference) ->
                assertThat(difference).as("%s, %s", what, name).isCloseTo(0, offset(TOLERANCE)));
    }

    private static Tensors tensors(String name) throws IOException {
        return Tensors.load(TrainingReference.folder().resolve(name + ".safetensors"));
    }
}
