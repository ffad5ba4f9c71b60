package io.toonlake.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationFileTest {
    @TempDir
    private Path folder;

    private static Model model(float first) {
        GeneratorArchitecture architecture = new GeneratorArchitecture(2, 1, Padding.ZERO, 1e-5);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        GeneratorParameters.shapes(architecture).forEach((name, shape) -> {
            float[] values = new float[shape.stream().reduce(1, Math::multiplyExact)];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) Math.sin(i + name.length());
            }
            values[0] = first;
            tensors.put(name, new Tensor(shape, values));
        });
        return new Model(architecture, new Tensors(tensors), ModelOrigin.imported("drawn", "a test", "CC0-1.0"));
    }

    /** Ranges for all that could be asked for. */
    private static Calibration calibration(Model model) {
        TreeMap<String, ChannelRanges> ranges = new TreeMap<>();
        Map<String, Integer> channels = Map.of(
                "in01_1.relu",
                2,
                "conv02_1",
                4,
                "conv02_2",
                4,
                "in02_1.relu",
                4,
                "conv03_1",
                8,
                "conv03_2",
                8,
                "in03_1.relu",
                8,
                "conv04_1",
                8,
                "in04_1.relu",
                8,
                "conv04_2",
                8);
        channels.forEach((name, count) -> ranges.put(name, range(count)));
        ranges.put("in04_2.sum", range(8));
        ranges.put("deconv01_1", range(4));
        return new Calibration(model.fingerprint(), 3, 512, ranges, new Calibration.HeldOut(1, 39.5, 38.25, 0.97));
    }

    private static ChannelRanges range(int channels) {
        float[] least = new float[channels];
        float[] most = new float[channels];
        for (int c = 0; c < channels; c++) {
            least[c] = -0.1f * c;
            most[c] = 1 / 3f + c;
        }
        return new ChannelRanges(least, most);
    }

    @Test
    void whatWasWrittenIsRead() throws IOException {
        Model model = model(1);
        ModelFiles files = ModelFiles.at(folder);

        assertThat(CalibrationFile.read(model, files)).isEmpty();
        CalibrationFile.write(model, calibration(model), files);

        assertThat(CalibrationFile.read(model, files)).contains(calibration(model));
        assertThat(CalibrationFile.read(model(2), files)).as("another model's").isEmpty();
        assertThat(folder).isDirectoryContaining(file -> file.endsWith(CalibrationFile.ONNX));
    }

    @Test
    void changedRangesAreRefused() throws IOException {
        Model model = model(1);
        CalibrationFile.writeReadable(calibration(model), ModelFiles.at(folder));
        Path record = folder.resolve(CalibrationFile.RECORD);
        String text = Files.readString(record);
        Files.write(record, text.replaceFirst("7\\.33[0-9]*", "7.5").getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> CalibrationFile.read(model, ModelFiles.at(folder)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("its fingerprint is")
                .hasMessageContaining("calibrate anew");
    }

    @Test
    void damagedRecordsAreRefused() throws IOException {
        Files.writeString(folder.resolve(CalibrationFile.RECORD), "{\"format\": \"toonlake-calib");

        assertThatThrownBy(() -> CalibrationFile.read(model(1), ModelFiles.at(folder)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(CalibrationFile.RECORD);
    }

    @Test
    void fingerprintIsOfWhatMakesPictures() {
        Calibration calibration = calibration(model(1));
        TreeMap<String, ChannelRanges> others = new TreeMap<>(calibration.ranges());
        others.put("conv04_1", range(8).with(new ChannelRanges(new float[8], new float[] {9, 9, 9, 9, 9, 9, 9, 9})));

        assertThat(calibration.with(Calibration.HeldOut.NOTHING).fingerprint()).isEqualTo(calibration.fingerprint());
        assertThat(new Calibration(calibration.model(), 3, 512, others, calibration.heldOut()).fingerprint())
                .isNotEqualTo(calibration.fingerprint());
        assertThat(calibration(model(2)).fingerprint()).isNotEqualTo(calibration.fingerprint());
    }

    @Test
    void roundedRangesHoldWhatTheyHeld() {
        ChannelRanges range = new ChannelRanges(new float[] {-1 / 3f, 0.1f, -2}, new float[] {-0.1f, 0.7f, 2});

        ChannelRanges rounded = range.rounded();

        assertThat(rounded.rounded()).isEqualTo(rounded);
        for (int c = 0; c < 3; c++) {
            assertThat(rounded.least()[c]).isLessThanOrEqualTo(range.least()[c]);
            assertThat(rounded.most()[c]).isGreaterThanOrEqualTo(range.most()[c]);
            assertThat(rounded.most()[c] - rounded.least()[c]).isLessThan(1.03f * (range.most()[c] - range.least()[c]));
        }
    }

    @Test
    void integersStandWhereErrorsAreEvenedOut() throws Exception {
        Model model = model(1);

        ModelProto file = ModelProto.parseFrom(OnnxGenerator.of(model, calibration(model)));

        assertThat(OnnxGenerator.of(model, calibration(model))).isEqualTo(OnnxGenerator.of(model, calibration(model)));
        assertThat(file.getGraph().getNodeList().stream()
                        .filter(node -> node.getOpType().equals("QLinearConv"))
                        .map(NodeProto::getName))
                .containsExactly(
                        "conv02_1.uint8",
                        "conv02_2.uint8",
                        "conv03_1.uint8",
                        "conv03_2.uint8",
                        "conv04_1.uint8",
                        "conv04_2.uint8",
                        "deconv01_1.uint8");
        assertThat(file.getGraph().getNodeList().stream()
                        .filter(node -> node.getOpType().equals("Conv"))
                        .map(NodeProto::getName))
                .containsExactly("conv01_1", "deconv01_2", "deconv02_2", "deconv03_1");
    }

    @Test
    void calibrationsOfOtherModelsAreRefused() {
        assertThatThrownBy(() -> OnnxGenerator.of(model(1), calibration(model(2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("calibrate anew");
        TreeMap<String, ChannelRanges> none = new TreeMap<>();
        Model model = model(1);
        assertThatThrownBy(() -> OnnxGenerator.of(
                        model, new Calibration(model.fingerprint(), 1, 512, none, Calibration.HeldOut.NOTHING)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no ranges for in01_1.relu, expected 2");
    }
}
