package io.toonlake.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.testing.ReferenceData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedWeightsTest {
    private static final GeneratorArchitecture SMALL = new GeneratorArchitecture(2, 3, Padding.REFLECT, 1e-9);
    private static final ModelOrigin ORIGIN = ModelOrigin.imported("small", "a test", "CC0-1.0");

    @Test
    void widthAndBlocksFollowFromTheTensors() throws IOException {
        Model model = imported(tensors -> {});
        assertThat(model.architecture()).isEqualTo(SMALL);
    }

    @Test
    void biasesAndNormsMayHaveAxesOfLengthOne() throws IOException {
        Model model = imported(tensors -> tensors.replaceAll((name, tensor) ->
                name.endsWith(".weight") ? tensor : tensor.reshape(List.of(1, tensor.values().length, 1, 1))));
        assertThat(model.tensors().tensor("in01_1.scale").shape()).containsExactly(2);
        assertThat(model.fingerprint()).isEqualTo(imported(tensors -> {}).fingerprint());
    }

    @Test
    void misfitsAreRefusedInWords() {
        assertThatThrownBy(() -> imported(tensors -> tensors.remove("in04_2.shift")))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("missing [in04_2.shift], unknown []");
        assertThatThrownBy(() -> imported(tensors -> tensors.put("fc.weight", Tensor.of(new float[1], 1))))
                .hasMessageContaining("missing [], unknown [fc.weight]");
        assertThatThrownBy(() -> imported(tensors -> tensors.remove("conv01_1.weight")))
                .hasMessageStartingWith("Cannot import weights: no tensor conv01_1.weight among [conv01_1.bias, ");
        assertThatThrownBy(() -> imported(
                        tensors -> tensors.put("deconv01_1.weight", Tensor.of(new float[4 * 8 * 9], 4, 8, 3, 3))))
                .hasMessage("Cannot import weights: tensor deconv01_1.weight has shape [4, 8, 3, 3], "
                        + "expected [8, 4, 3, 3] for width 2");
    }

    @Test
    void folderOfArraysAndSingleFileGiveTheSameModel(@TempDir Path folder) throws IOException {
        Tensors arrays = Tensors.load(ReferenceData.require("weights/cartoongan/shinkai"));
        Path file = folder.resolve("shinkai.safetensors");
        Files.write(file, new SafetensorsFile(arrays, Map.of()).toBytes());
        Model model = PublishedWeights.toModel(arrays, Padding.ZERO, PublishedWeights.NORM_EPSILON, ORIGIN);
        assertThat(model.architecture()).isEqualTo(new GeneratorArchitecture(64, 8, Padding.ZERO, 1e-9));
        assertThat(PublishedWeights.toModel(Tensors.load(file), Padding.ZERO, PublishedWeights.NORM_EPSILON, ORIGIN)
                        .fingerprint())
                .isEqualTo(model.fingerprint());
    }

    private static Model imported(Consumer<Map<String, Tensor>> change) throws ModelFormatException {
        Map<String, Tensor> tensors =
                new LinkedHashMap<>(ModelFolderTest.model(SMALL, 4).tensors().asMap());
        change.accept(tensors);
        return PublishedWeights.toModel(new Tensors(tensors), Padding.REFLECT, PublishedWeights.NORM_EPSILON, ORIGIN);
    }
}
