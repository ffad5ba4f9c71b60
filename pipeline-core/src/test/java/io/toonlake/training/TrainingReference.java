package io.toonlake.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.loss.AdversarialLoss;
import io.toonlake.loss.ColorLoss;
import io.toonlake.loss.ContentLoss;
import io.toonlake.loss.TotalVariationLoss;
import io.toonlake.model.Tensors;
import io.toonlake.network.DiscriminatorArchitecture;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Network;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import io.toonlake.network.Vgg19Features;
import io.toonlake.training.TrainingSettings.AdamSettings;
import io.toonlake.training.TrainingSettings.LearningRates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One training as PyTorch ran it, made by {@code src/test/python/make_training_reference.py}.
 *
 * @param name of the case
 * @param settings ours for the same training
 * @param featurePadding the feature network's
 * @param steps phase and losses of each, in order
 */
record TrainingReference(String name, TrainingSettings settings, Padding featurePadding, List<Step> steps) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One step.
     *
     * @param phase it belongs to
     * @param losses before the step, under the names of {@link StepLosses}
     */
    record Step(Phase phase, Map<String, Double> losses) {}

    /** Where the small networks' references lie. */
    static Path folder() {
        return Path.of("src/test/resources/io/toonlake/training/reference");
    }

    static JsonNode json(Path file) throws IOException {
        return JSON.readTree(file.toFile());
    }

    static TrainingReference of(JsonNode reference) {
        JsonNode settings = reference.path("settings");
        return new TrainingReference(
                settings.path("name").asText(),
                settings(settings),
                Padding.of(settings.path("feature_padding").asText()),
                steps(reference.path("losses")));
    }

    /** Phase and losses of each step of a list. */
    static List<Step> steps(JsonNode list) {
        List<Step> steps = new ArrayList<>();
        for (JsonNode step : list) {
            Map<String, Double> losses = new LinkedHashMap<>();
            step.properties().stream()
                    .filter(field -> field.getValue().isNumber())
                    .forEach(
                            field -> losses.put(field.getKey(), field.getValue().asDouble()));
            steps.add(new Step(
                    step.path("phase").asText().equals(Phase.INITIALIZATION.code())
                            ? Phase.INITIALIZATION
                            : Phase.ADVERSARIAL,
                    losses));
        }
        return steps;
    }

    private static TrainingSettings settings(JsonNode node) {
        JsonNode rates = node.path("rates");
        return new TrainingSettings(
                new GeneratorArchitecture(
                        node.path("width").asInt(),
                        node.path("blocks").asInt(),
                        Padding.of(node.path("padding").asText()),
                        Upsampling.of(node.path("upsampling").asText()),
                        GeneratorArchitecture.NORM_EPSILON),
                new DiscriminatorArchitecture(
                        node.path("discriminator_width").asInt(), GeneratorArchitecture.NORM_EPSILON),
                node.path("content_weight").asDouble(),
                ContentLoss.of(node.path("content").asText()),
                ColorLoss.NONE,
                TotalVariationLoss.NONE,
                AdversarialLoss.of(node.path("adversarial").asText()),
                0,
                node.path("edge_term").asBoolean(),
                false,
                new LearningRates(
                        rates.path(0).asDouble(),
                        rates.path(1).asDouble(),
                        rates.path(2).asDouble(),
                        decay(node.path("initialization_decay")),
                        decay(node.path("adversarial_decay"))),
                new AdamSettings(
                        node.path("betas").path(0).asDouble(),
                        node.path("betas").path(1).asDouble(),
                        node.path("epsilon").asDouble()),
                1,
                32,
                false,
                1);
    }

    private static LinearDecay decay(JsonNode node) {
        return new LinearDecay(node.path(0).asInt(), node.path(1).asInt());
    }

    /** How many steps of each phase come before the one of that index. */
    StepsTaken before(int step) {
        StepsTaken taken = StepsTaken.NONE;
        for (Step earlier : steps.subList(0, step)) {
            taken = taken.plus(earlier.phase(), 1);
        }
        return taken;
    }

    /** The batch of the step of that index: the reference has a few, taken in turn. */
    Batch batch(Tensors pictures, int step, DataType dataType) {
        int batches = pictures.size() / 3;
        Map<String, INDArray> byDomain = new LinkedHashMap<>();
        for (String domain : List.of("photo", "cartoon", "edge-smoothed")) {
            byDomain.put(domain, array(pictures, "%s.%d".formatted(domain, step % batches), dataType));
        }
        return new Batch(byDomain, new Draw(0, 0, 0, step));
    }

    /** The feature network. */
    FeatureExtractor features(Tensors weights, String prefix, DataType dataType) {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        weights.names().stream()
                .filter(tensor -> tensor.startsWith(prefix))
                .forEach(tensor -> arrays.put(tensor.substring(prefix.length()), array(weights, tensor, dataType)));
        return Vgg19Features.of(arrays, featurePadding, "reference");
    }

    /** Sets every parameter of a network, of tensors named {@code prefix} and the parameter's name. */
    static void load(Network network, Tensors tensors, String prefix) {
        Map<String, float[]> values = new LinkedHashMap<>();
        tensors.names().stream()
                .filter(tensor -> tensor.startsWith(prefix))
                .forEach(tensor -> values.put(
                        tensor.substring(prefix.length()),
                        tensors.tensor(tensor).values()));
        network.load(values);
    }

    private static INDArray array(Tensors tensors, String name, DataType dataType) {
        long[] shape = tensors.tensor(name).shape().stream()
                .mapToLong(Integer::longValue)
                .toArray();
        return Nd4j.createFromArray(tensors.tensor(name).values())
                .castTo(dataType)
                .reshape('c', shape);
    }

    @Override
    public String toString() {
        return name;
    }
}
