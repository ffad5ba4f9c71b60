package io.toonlake.job;

import io.toonlake.averaging.TrainingSamples;
import io.toonlake.config.Fingerprint;
import io.toonlake.config.Settings;
import io.toonlake.training.LinearDecay;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a training is determined by, on one machine type: the settings that decide bits, the samples, the feature network, and the
 * weights it begins with. A
 * checkpoint is only continued where all of it is equal. How many adversarial rounds there are decides when training ends and not
 * what it does until then, so a checkpoint may be continued past its first end; unless learning rates fall towards that end.
 *
 * @param values by name
 * @param incidental settings of training that decide nothing, by key: a training may go on with others
 * @param rounds of both phases
 */
record TrainingIdentity(Map<String, String> values, Map<String, String> incidental, int rounds) {
    private static final List<String> WITHOUT_EFFECT = List.of(
            "train.adversarial-rounds",
            "train.rounds-per-checkpoint",
            "train.checkpoints-kept",
            "train.lease-seconds",
            "train.collapse.window-rounds",
            "train.collapse.content-rise",
            "train.collapse.discriminator-share",
            "train.sample-pictures.every-rounds",
            "train.sample-pictures.count",
            // The weights themselves count, not where they lie.
            "train.content.vgg19");

    /** @param from fingerprint of the model whose generator it begins with; empty where weights are drawn */
    static TrainingIdentity of(Settings settings, TrainingSamples samples, String features, String from) {
        Map<String, String> values = deciding(settings);
        values.put("photos", samples.photoCollection());
        values.put("cartoons", samples.cartoonCollection());
        values.put("samples", samples.fingerprint());
        values.put("features", features);
        if (!from.isEmpty()) {
            values.put("from", from);
        }
        var rounds = settings.train().rounds();
        return new TrainingIdentity(values, incidental(settings), rounds.initialization() + rounds.adversarial());
    }

    private static Map<String, String> incidental(Settings settings) {
        Map<String, String> values = new TreeMap<>();
        settings.effective().forEach((key, value) -> {
            if (WITHOUT_EFFECT.contains(key)) {
                values.put(key, String.valueOf(value));
            }
        });
        return values;
    }

    /** The settings that decide bits, by key. */
    static Map<String, String> deciding(Settings settings) {
        Map<String, String> values = new TreeMap<>();
        settings.effective().forEach((key, value) -> {
            if (key.startsWith("train.") && !WITHOUT_EFFECT.contains(key)) {
                values.put(key, String.valueOf(value));
            }
        });
        if (!settings.train().training().colorLoss().used()) {
            // A loss that takes no part has no settings: so checkpoints go on that were written before there was one.
            values.keySet().removeIf(key -> key.startsWith("train.color."));
        }
        if (!settings.train().training().totalVariationLoss().used()) {
            values.keySet().removeIf(key -> key.startsWith("train.total-variation."));
        }
        var rates = settings.train().training().learningRates();
        if (!rates.adversarialDecay().equals(LinearDecay.NONE)) {
            values.put(
                    "train.adversarial-rounds",
                    String.valueOf(settings.train().rounds().adversarial()));
        }
        return values;
    }

    /** Of the finished model: identity and number of rounds. */
    String fingerprint() {
        return Fingerprint.of(new TreeMap<>(values).toString(), String.valueOf(rounds));
    }
}
