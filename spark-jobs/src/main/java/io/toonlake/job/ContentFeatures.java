package io.toonlake.job;

import io.toonlake.averaging.FeatureSource;
import io.toonlake.averaging.RandomFeatureSource;
import io.toonlake.averaging.Vgg19FeatureSource;
import io.toonlake.config.Fingerprint;
import io.toonlake.config.TrainSection;
import io.toonlake.config.TrainSection.FeatureNetwork;
import io.toonlake.model.ModelFiles;
import io.toonlake.model.NpyFile;
import io.toonlake.model.SafetensorsFile;
import io.toonlake.model.Tensor;
import io.toonlake.model.Tensors;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.storage.HadoopModelFiles;
import io.toonlake.storage.Storage;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;

/** The feature network that the settings name: looked up and checked on the driver, its weights sent to the executors once. */
final class ContentFeatures implements AutoCloseable {
    private static final String USED = "conv[1-4]_[1-4]\\.(weight|bias)";

    private Broadcast<byte[]> weights;
    private FeatureSource source;
    private String problem;
    private String description = "";
    private String fingerprint = "";

    ContentFeatures(JobContext context, TrainSection settings) {
        TrainSection.Features features = settings.features();
        if (features.network() == FeatureNetwork.RANDOM) {
            source = new RandomFeatureSource(
                    features.randomWidths(), settings.training().seed());
            describe();
            fingerprint = description;
        } else if (features.vgg19().isEmpty()) {
            problem =
                    "Invalid train.content.vgg19: nothing (name the weights of VGG19 up to conv4_4, a folder of .npy files or a "
                            + ".safetensors file with tensors conv1_1.weight [out, in, 3, 3], conv1_1.bias ...; or, for a demonstration, "
                            + "--set train.content.features=random)";
        } else {
            load(context, features);
        }
    }

    private void load(JobContext context, TrainSection.Features features) {
        try {
            Path place = context.storage().qualified(features.vgg19());
            byte[] bytes = used(tensors(context.storage(), place));
            fingerprint = Fingerprint.of(bytes);
            weights = context.sparkContext().broadcast(bytes);
            source = new Vgg19FeatureSource(weights, features.vgg19Padding(), Storage.shown(place));
            describe();
        } catch (IOException | IllegalArgumentException e) {
            problem = "Invalid train.content.vgg19: " + features.vgg19() + " (" + e.getMessage() + ")";
        }
    }

    /** Opens the network once, which also shows whether every weight is there and fits. */
    private void describe() {
        try (FeatureExtractor extractor = source.open()) {
            description = extractor.description();
        }
    }

    private static Tensors tensors(Storage storage, Path place) throws IOException {
        if (storage.fileSystem(place).getFileStatus(place).isDirectory()) {
            return NpyFile.readFolder(new HadoopModelFiles(storage, place));
        }
        ModelFiles folder = new HadoopModelFiles(storage, place.getParent());
        return SafetensorsFile.read(folder, place.getName()).tensors();
    }

    private static byte[] used(Tensors tensors) throws IOException {
        Map<String, Tensor> used = new TreeMap<>();
        tensors.asMap().forEach((name, tensor) -> {
            if (name.matches(USED)) {
                used.put(name, tensor);
            }
        });
        return new SafetensorsFile(new Tensors(used), Map.of()).toBytes();
    }

    /** Why there are no features, with the way out. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    FeatureSource source() {
        return source;
    }

    /** In words, for the model's description: seeded random features are called so. */
    String description() {
        return description;
    }

    /** Of the weights, or of what the random ones are drawn from. */
    String fingerprint() {
        return fingerprint;
    }

    @Override
    public void close() {
        if (weights != null) {
            weights.destroy();
        }
    }
}
