package io.toonlake.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Network;
import io.toonlake.network.Padding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;

class ModelFolderTest {
    private static final GeneratorArchitecture SMALL = new GeneratorArchitecture(2, 1, Padding.ZERO, 1e-5);
    private static final ModelOrigin ORIGIN =
            ModelOrigin.trained("demo", "synthetic scenes", "Apache-2.0", "run-7", "abc");

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Model model = model(SMALL, 1);
        ModelFolder.write(model, ModelFiles.at(folder.resolve("new/model")));
        Model read = ModelFolder.read(ModelFiles.at(folder.resolve("new/model")));
        assertThat(read.architecture()).isEqualTo(SMALL);
        assertThat(read.tensors()).isEqualTo(model.tensors());
        assertThat(read.origin()).isEqualTo(ORIGIN);
        assertThat(read.fingerprint()).isEqualTo(model.fingerprint()).matches("[0-9a-f]{64}");
        assertThat(ModelFiles.at(folder.resolve("new/model")).names())
                .containsExactlyInAnyOrder("model.json", "generator.safetensors", "generator.onnx");
        assertThat(folder.resolve("new/model/generator.onnx")).hasBinaryContent(OnnxGenerator.of(model));
    }

    @Test
    void whatIsReadNeedsNoOnnx() throws IOException {
        Model model = model(SMALL, 1);
        ModelFolder.writeReadable(model, ModelFiles.at(folder));
        assertThat(ModelFiles.at(folder).names()).containsExactlyInAnyOrder("model.json", "generator.safetensors");
        assertThat(ModelFolder.read(ModelFiles.at(folder)).fingerprint()).isEqualTo(model.fingerprint());
    }

    /** Who is killed while a model is replaced leaves none, and not one whose weights are another's. */
    @Test
    void aModelThatIsReplacedIsGoneUntilTheNewOneIsWhole() throws IOException {
        ModelFiles files = ModelFiles.at(folder);
        ModelFolder.write(model(SMALL, 1), files);
        List<List<String>> before = new ArrayList<>();
        ModelFiles watched = new ModelFiles() {
            @Override
            public String location() {
                return files.location();
            }

            @Override
            public List<String> names() throws IOException {
                return files.names();
            }

            @Override
            public byte[] read(String name, long maxBytes) throws IOException {
                return files.read(name, maxBytes);
            }

            @Override
            public void write(String name, byte[] bytes) throws IOException {
                before.add(names().stream().sorted().toList());
                files.write(name, bytes);
            }

            @Override
            public void delete(String name) throws IOException {
                files.delete(name);
            }
        };

        ModelFolder.write(model(SMALL, 2), watched);

        assertThat(before).hasSize(3).allSatisfy(names -> assertThat(names).doesNotContain(ModelFolder.DESCRIPTION));
        assertThat(ModelFolder.read(files).fingerprint())
                .isEqualTo(model(SMALL, 2).fingerprint());

        ModelFolder.writeReadable(model(SMALL, 1), files);

        assertThat(files.names())
                .as("the other model's ONNX file is not this one's")
                .containsExactlyInAnyOrder(ModelFolder.DESCRIPTION, ModelFolder.WEIGHTS);
    }

    @Test
    void fingerprintFollowsWhatMakesThePicture() {
        String fingerprint = model(SMALL, 1).fingerprint();
        assertThat(fingerprint).isEqualTo("000bc2b6a0100188b47ca76ec269fab1bccd944a6ded62c3996f78a5a5903a95");
        assertThat(model(SMALL, 2).fingerprint()).isNotEqualTo(fingerprint);
        assertThat(model(new GeneratorArchitecture(2, 1, Padding.REFLECT, 1e-5), 1)
                        .fingerprint())
                .isNotEqualTo(fingerprint);
        assertThat(model(new GeneratorArchitecture(2, 1, Padding.ZERO, 1e-9), 1).fingerprint())
                .isNotEqualTo(fingerprint);
        Model retitled =
                new Model(SMALL, model(SMALL, 1).tensors().sorted(), ModelOrigin.imported("other", "elsewhere", "MIT"));
        assertThat(retitled.fingerprint()).isEqualTo(fingerprint);
    }

    @Test
    void changedWeightIsNoticed() throws IOException {
        ModelFiles files = ModelFiles.at(folder);
        ModelFolder.write(model(SMALL, 1), files);
        byte[] bytes = files.read(ModelFolder.WEIGHTS, 1 << 20);
        bytes[bytes.length - 4] ^= 1;
        files.write(ModelFolder.WEIGHTS, bytes);
        assertThatThrownBy(() -> ModelFolder.read(files))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith("Cannot read model " + folder + ": its fingerprint is ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"format-version\" : 1 | \"format-version\" : 2 | format-version is 2, this version of Toonlake knows 1",
                "\"BGR\" | \"RGB\" | input.channel-order is RGB, this version of Toonlake knows BGR",
                "\"width\" : 2 | \"width\" : 3 | tensor conv01_1.weight has shape [2, 3, 7, 7], expected [3, 3, 7, 7]",
                "\"residual-blocks\" : 1 | \"residual-blocks\" : 2 | missing [conv05_1.weight",
                "\"padding\" : \"zero\" | \"padding\" : \"wrap\" | Invalid padding: wrap",
                "\"title\" | \"name\" | no title",
                "{ | [ | model.json: ",
            })
    void descriptionsThatDoNotFitAreRefused(String written, String changed, String why) throws IOException {
        ModelFolder.write(model(SMALL, 1), ModelFiles.at(folder));
        Path json = folder.resolve(ModelFolder.DESCRIPTION);
        String text = Files.readString(json);
        assertThat(text).contains(written);
        Files.writeString(json, text.replace(written, changed));
        assertThatThrownBy(() -> ModelFolder.read(ModelFiles.at(folder)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(why);
    }

    @Test
    void absentModelIsNoWrongModel() {
        assertThatThrownBy(() -> ModelFolder.read(ModelFiles.at(folder))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void fileBeyondItsBoundIsRefused() throws IOException {
        ModelFiles files = ModelFiles.at(folder);
        files.write("a", new byte[11]);
        assertThat(files.read("a", 11)).hasSize(11);
        assertThatThrownBy(() -> files.read("a", 10))
                .hasMessage("Cannot read %s/a: longer than the 10 bytes such a file may have".formatted(folder));
    }

    @Test
    void weightsThatAreNoNumbersAreRefused() {
        Map<String, Tensor> tensors =
                new LinkedHashMap<>(model(SMALL, 1).tensors().asMap());
        tensors.put("in01_1.scale", Tensor.of(new float[] {1, Float.NaN}, 2));
        assertThatThrownBy(() -> new Model(SMALL, new Tensors(tensors), ORIGIN))
                .hasMessage("Cannot make a model: tensor in01_1.scale holds NaN at index 1");
    }

    @Test
    void namesAndShapesAreThoseOfTheTrainedNetwork() {
        GeneratorArchitecture architecture = new GeneratorArchitecture(2, 3, Padding.ZERO, 1e-5);
        try (Network network = architecture.build(DataType.FLOAT, 1)) {
            Map<String, List<Integer>> trained = new LinkedHashMap<>();
            network.parameters()
                    .forEach((name, view) -> trained.put(
                            name,
                            Arrays.stream(view.shape())
                                    .mapToObj(Math::toIntExact)
                                    .toList()));
            assertThat(GeneratorParameters.shapes(architecture)).isEqualTo(trained);
        }
    }

    @Test
    void publishedGeneratorHas11129667Parameters() {
        assertThat(GeneratorParameters.shapes(GeneratorArchitecture.published(Padding.ZERO)).values().stream()
                        .mapToLong(Tensor::length)
                        .sum())
                .isEqualTo(11_129_667);
    }

    static Model model(GeneratorArchitecture architecture, long seed) {
        Random random = new Random(seed);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        GeneratorParameters.shapes(architecture).forEach((name, shape) -> {
            float[] values = new float[(int) Tensor.length(shape)];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat() - 0.5f;
            }
            tensors.put(name, new Tensor(shape, values));
        });
        return new Model(architecture, new Tensors(tensors), ORIGIN);
    }
}
