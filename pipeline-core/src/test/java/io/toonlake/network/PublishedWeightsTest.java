package io.toonlake.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The networks with published weights, against what PyTorch makes of the same pictures. */
class PublishedWeightsTest {
    @ParameterizedTest
    @CsvSource({"hayao, ZERO, v3_16.300x200", "hayao, REFLECT, v3_36.256x256", "shinkai, REFLECT, v3_16.300x200"})
    void generatorPaintsWhatPyTorchPaints(String style, Padding padding, String picture) throws IOException {
        Map<String, float[]> weights = new LinkedHashMap<>();
        Npy.folder("weights/cartoongan/" + style)
                .forEach((name, array) -> weights.put(name, array.ravel().toFloatVector()));
        try (Network generator = new GeneratorArchitecture(64, 8, padding, 1e-9).build(DataType.FLOAT, 1)) {
            generator.load(weights);
            INDArray cartoon = generator.forward(Npy.file("reference/" + picture + ".input.npy"));

            INDArray expected = Npy.file("reference/%s.%s.%s.npy".formatted(picture, style, padding.code()));
            assertThat(largestDifference(cartoon, expected)).isLessThan(1e-4);
        }
    }

    @Test
    void featuresAreWhatPyTorchComputes() throws IOException {
        try (FeatureExtractor vgg =
                Vgg19Features.of(Npy.folder("weights/vgg19-slim"), Padding.REFLECT, "a quarter of the width")) {
            for (String picture : new String[] {"v3_16.256x256", "v3_36.256x256"}) {
                INDArray features = vgg.features(Npy.file("reference/" + picture + ".input.npy"));

                INDArray expected = Npy.file("reference/" + picture + ".vgg19-slim.conv4_4.npy");
                assertThat(largestDifference(features, expected)
                                / expected.amaxNumber().doubleValue())
                        .isLessThan(1e-5);
            }
            assertThat(vgg.description())
                    .isEqualTo(
                            "VGG19 conv4_4, 128 channels, reflect padding, Caffe's input (BGR, 0 to 255, less the mean "
                                    + "103.939, 116.779, 123.68), a quarter of the width");
        }
    }

    private static double largestDifference(INDArray actual, INDArray expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        return Transforms.abs(actual.sub(expected)).maxNumber().doubleValue();
    }
}
