package io.toonlake.network;

import static io.toonlake.network.NumericGradient.assertThatGradientIs;
import static io.toonlake.network.NumericGradient.random;
import static io.toonlake.network.NumericGradient.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FeatureExtractorTest {
    private static final List<Integer> WIDTHS = List.of(2, 3, 4, 5);

    @ParameterizedTest
    @CsvSource({"ZERO, CAFFE", "REFLECT, CAFFE", "ZERO, TORCHVISION"})
    void gradientIsTheDerivative(Padding padding, InputConvention input) {
        Map<String, INDArray> weights = weights(DataType.DOUBLE);
        if (input == InputConvention.TORCHVISION) {
            weights.get("conv1_1.weight").muli(60);
        }
        FeatureExtractor vgg = Vgg19Features.of(weights, input, padding, "random");
        INDArray pictures = random(1, 2, 3, 19, 16);
        INDArray upstream = random(2, vgg.features(pictures).shape());

        INDArray gradient;
        try (FeatureExtractor.Recording recording = vgg.record(pictures)) {
            gradient = recording.backward(upstream.dup());
        }

        assertThatGradientIs(gradient, pictures, () -> weighted(vgg.features(pictures), upstream), 17, 2e-6);
    }

    @Test
    void recordingSeesTheSameFeatures() {
        FeatureExtractor features = RandomFeatures.draw(DataType.FLOAT, WIDTHS, 3);
        INDArray pictures = random(1, 2, 3, 32, 24).castTo(DataType.FLOAT);

        try (FeatureExtractor.Recording recording = features.record(pictures)) {
            assertThat(recording.features()).isEqualTo(features.features(pictures));
            assertThat(recording.features().shape()).containsExactly(2, 5, 4, 3);
        }
    }

    @Test
    void randomFeaturesComeFromTheSeedAndAreOfModerateSize() {
        INDArray pictures = random(1, 2, 3, 64, 64).castTo(DataType.FLOAT);
        List<Integer> widths = List.of(16, 32, 64, 64);

        INDArray features = RandomFeatures.draw(DataType.FLOAT, widths, 3).features(pictures);

        assertThat(features)
                .isEqualTo(RandomFeatures.draw(DataType.FLOAT, widths, 3).features(pictures));
        assertThat(features)
                .isNotEqualTo(RandomFeatures.draw(DataType.FLOAT, widths, 4).features(pictures));
        assertThat(features.stdNumber().doubleValue()).isBetween(0.5, 5.0);
    }

    @Test
    void randomFeaturesMayEndWithAnEarlierGroup() {
        FeatureExtractor features = RandomFeatures.draw(DataType.FLOAT, List.of(4, 6), 3);

        assertThat(features.features(random(1, 1, 3, 32, 24).castTo(DataType.FLOAT))
                        .shape())
                .containsExactly(1, 6, 16, 12);
        assertThat(features.description())
                .isEqualTo("random features, VGG19's first 2 groups of layers with channels [4, 6], seed 3");
    }

    @Test
    void missingLayerIsNamed() {
        Map<String, INDArray> weights = weights(DataType.FLOAT);
        weights.remove("conv3_4.bias");

        assertThatThrownBy(() -> Vgg19Features.of(weights, Padding.ZERO, "test"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("conv3_4.bias is missing");
    }

    @Test
    void layersThatDoNotFollowOnEachOtherAreRefused() {
        Map<String, INDArray> weights = weights(DataType.FLOAT);
        weights.put("conv2_1.weight", Nd4j.zeros(3, 7, 3, 3));

        assertThatThrownBy(() -> Vgg19Features.of(weights, Padding.ZERO, "test"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("conv2_1.weight has shape [3, 7, 3, 3] (must be [3, 2, 3, 3])");
    }

    private static Map<String, INDArray> weights(DataType dataType) {
        Map<String, INDArray> weights = new HashMap<>();
        long in = 3;
        for (String name : VggLayers.names(4)) {
            long out = WIDTHS.get(name.charAt(4) - '1');
            double scale = name.equals("conv1_1") ? 0.01 : 0.6;
            weights.put(
                    name + ".weight",
                    random(name.hashCode(), out, in, 3, 3).muli(scale).castTo(dataType));
            weights.put(name + ".bias", random(1, out).castTo(dataType));
            in = out;
        }
        return weights;
    }
}
