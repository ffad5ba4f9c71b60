package io.toonlake.job;

import io.toonlake.averaging.FeatureSource;
import io.toonlake.averaging.RandomFeatureSource;
import io.toonlake.averaging.Vgg19FeatureSource;
import io.toonlake.config.Fingerprint;
import io.toonlake.config.TrainSection;
import io.toonlake.config.TrainSection.FeatureNetwork;
import io.toonlake.model.ModelFormatException;
import io.toonlake.model.Vgg19Weights;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.storage.HadoopModelFiles;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;

/** The feature network that the settings name: looked up and checked on the driver, its weights sent to the executors once. */
final class ContentFeatures implements AutoCloseable {
    private static final String WAYS_OUT =
            "name VGG19's weights, a folder of .npy files or a .safetensors or .h5 file, such as "
                    + "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5 from Keras or model.safetensors of timm/vgg19.tv_in1k, see "
                    + "docs/vgg19.md; or, for a demonstration, --set train.content.features=random";

    /** Under which runs keep {@link #fingerprint()}. */
    static final String FINGERPRINT = "features";

    private Broadcast<byte[]> weights;
    private FeatureSource source;
    private String problem;
    private long parameters;
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
            problem = "Invalid train.content.vgg19: nothing (" + WAYS_OUT + ")";
        } else {
            load(context, features);
        }
    }

    private void load(JobContext context, TrainSection.Features features) {
        Path place = context.storage().qualified(features.vgg19());
        try {
            byte[] bytes = Vgg19Weights.read(HadoopModelFiles.tensors(context.storage(), place))
                    .toBytes();
            fingerprint = Fingerprint.of(bytes);
            parameters = bytes.length / Float.BYTES;
            weights = context.sparkContext().broadcast(bytes);
            source = new Vgg19FeatureSource(weights, features.vgg19Padding(), Storage.shown(place));
            describe();
        } catch (ModelFormatException e) {
            problem = invalid(place, e.getMessage());
        } catch (FileNotFoundException e) {
            problem = invalid(place, "cannot be read: " + e.getMessage());
        } catch (IOException e) {
            throw new UnreachableException(
                    "Cannot read train.content.vgg19 " + Storage.shown(place) + ": " + Storage.reason(e), e);
        }
    }

    private static String invalid(Path place, String why) {
        return "Invalid train.content.vgg19: " + Storage.shown(place) + " (" + why + "; " + WAYS_OUT + ")";
    }

    /** Opens the network once, to hear what it says of itself. */
    private void describe() {
        try (FeatureExtractor extractor = source.open()) {
            description = extractor.description();
        }
    }

    /** Why there are no features, with the way out. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    FeatureSource source() {
        return source;
    }

    /** How many weights there are, about; 0 of random features, which are few. */
    long parameters() {
        return parameters;
    }

    /** In words, for the model's description: seeded random features are called so. */
    String description() {
        return description;
    }

    /** Of the weights, or of what the random ones are drawn from. */
    String fingerprint() {
        return fingerprint;
    }

    /** Whether a fingerprint is that of random features, which say in words what they are drawn from. */
    static boolean isRandom(String fingerprint) {
        return fingerprint.startsWith("random features");
    }

    @Override
    public void close() {
        if (weights != null) {
            weights.destroy();
        }
    }
}
