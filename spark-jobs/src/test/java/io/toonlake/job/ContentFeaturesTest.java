package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.config.Settings;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.testing.ReferenceData;
import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The way that the train job takes from a setting to features. */
@ExtendWith(SparkExtension.class)
class ContentFeaturesTest {
    @TempDir
    private Path folder;

    /** Spark is only asked for so that the job finds a session. */
    ContentFeaturesTest(SparkSession spark) {
        assertThat(spark.sparkContext().isStopped()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3_16.256x256", "v3_36.256x256"})
    void slimVgg19SeesWhatPyTorchSees(String picture) {
        Path weights = ReferenceData.require("weights/vgg19-slim");
        INDArray input = Nd4j.createFromNpyFile(
                ReferenceData.require("reference/" + picture + ".input.npy").toFile());
        INDArray expected =
                Nd4j.createFromNpyFile(ReferenceData.require("reference/" + picture + ".vgg19-slim.conv4_4.npy")
                        .toFile());

        try (ContentFeatures content = features(vgg19(weights), "train.content.vgg19-padding=reflect");
                FeatureExtractor extractor = content.source().open()) {
            INDArray features = extractor.features(input);

            assertThat(features.shape()).isEqualTo(expected.shape());
            double difference =
                    Transforms.abs(features.sub(expected)).maxNumber().doubleValue();
            assertThat(difference / expected.amaxNumber().doubleValue())
                    .as("largest difference over the largest feature")
                    .isLessThan(1e-4);
            assertThat(content.description())
                    .isEqualTo(
                            "VGG19 conv4_4, 128 channels, reflect padding, Caffe's input (BGR, 0 to 255, less the mean "
                                    + "103.939, 116.779, 123.68), file:" + weights);
        }
    }

    @Test
    void weightsCountAndNotTheFileTheyCameIn() throws IOException {
        List<String> fingerprints = new ArrayList<>();
        for (String file : List.of("vgg19-caffe.safetensors", "vgg19-keras1.h5", "vgg19-torchvision.safetensors")) {
            try (ContentFeatures content = features(vgg19(fixture(file)))) {
                assertThat(content.problem()).isEmpty();
                fingerprints.add(content.fingerprint());
            }
        }
        assertThat(fingerprints.get(1)).isEqualTo(fingerprints.get(0));
        assertThat(fingerprints.get(2)).isNotEqualTo(fingerprints.get(0));
    }

    @Test
    void randomFeaturesAreCalledSo() {
        try (ContentFeatures content =
                features("train.content.features=random", "train.content.random-widths=[4]", "train.seed=7")) {
            assertThat(content.problem()).isEmpty();
            assertThat(content.description())
                    .startsWith("random features, VGG19's first 1 groups of layers with channels [4], seed 7");
        }
    }

    @Test
    void whatCannotBeReadIsSaidWithTheWayOut() throws IOException {
        assertProblem(folder.resolve("nowhere.h5"), "cannot be read");
        assertProblem(Files.createDirectory(folder.resolve("empty")), "no .npy files there");
        Path pickle = folder.resolve("vgg19.pth");
        Files.write(pickle, new byte[] {(byte) 0x80, 2, 'c', 't', 'o', 'r', 'c', 'h', '.', '_'});
        assertProblem(pickle, "a Python pickle", "safetensors.torch.save_file");
        Path text = folder.resolve("vgg19.h5");
        Files.write(text, "<!DOCTYPE html>\n<html>".getBytes(StandardCharsets.US_ASCII));
        assertProblem(text, "neither .safetensors nor HDF5 (.h5), 22 bytes; it is text: <!DOCTYPE html>");
    }

    private void assertProblem(Path weights, String... why) {
        try (ContentFeatures content = features(vgg19(weights))) {
            assertThat(content.problem().orElse(""))
                    .startsWith("Invalid train.content.vgg19: file:" + weights + " (")
                    .contains(why)
                    .contains("vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5", "docs/vgg19.md")
                    .endsWith("--set train.content.features=random)");
        }
    }

    private ContentFeatures features(String... settings) {
        Settings loaded = Settings.load(List.of(), List.of(settings));
        JobContext context =
                JobContext.open(loaded, "run", "train", folder.resolve("lake").toString());
        return new ContentFeatures(context, loaded.train());
    }

    private static String vgg19(Path weights) {
        return "train.content.vgg19=" + weights;
    }

    private Path fixture(String file) throws IOException {
        Path copy = folder.resolve(file);
        try (var in = getClass().getResourceAsStream("/io/toonlake/model/" + file)) {
            Files.copy(in, copy);
        }
        return copy;
    }
}
