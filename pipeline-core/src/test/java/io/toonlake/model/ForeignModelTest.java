package io.toonlake.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.testing.TinyOnnx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignModelTest {
    private static final ModelOrigin ORIGIN = ModelOrigin.imported("theirs", "https://example.org", "MIT");
    private static final PictureTensor OUT = new PictureTensor(
            "y",
            NumberType.FLOAT32,
            PictureLayout.NCHW,
            ChannelOrder.BGR,
            new ValueRange(-1, 1),
            PictureTensor.NO_MEAN,
            PictureTensor.NO_STD);

    @TempDir
    private Path folder;

    private static PictureTensor input(PictureLayout layout, ChannelOrder order, double low, double mean) {
        return new PictureTensor(
                "x",
                NumberType.FLOAT16,
                layout,
                order,
                new ValueRange(low, 255),
                List.of(mean, 0.25, 0.5),
                List.of(0.5, 1.0, 2.0));
    }

    private static ForeignModel model(byte[] onnx, PictureTensor input, PictureSizes sizes) {
        return new ForeignModel(onnx, input, OUT, sizes, 321, ORIGIN);
    }

    private static ForeignModel model() {
        return model(
                TinyOnnx.squares(1),
                input(PictureLayout.NHWC, ChannelOrder.RGB, 0, 0.125),
                PictureSizes.multiplesOf(8, 16));
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        ForeignModel model = model();

        ModelFolder.write(model, ModelFiles.at(folder));
        ForeignModel read = (ForeignModel) ModelFolder.readAny(ModelFiles.at(folder));

        assertThat(read.fingerprint()).isEqualTo(model.fingerprint());
        assertThat(read.input()).isEqualTo(model.input());
        assertThat(read.output()).isEqualTo(OUT);
        assertThat(read.sizes()).isEqualTo(model.sizes());
        assertThat(read.bytesPerPixel()).isEqualTo(321);
        assertThat(read.origin()).isEqualTo(ORIGIN);
        assertThat(read.onnx()).isEqualTo(model.onnx());
    }

    @Test
    void theFingerprintIsThatOfEverythingThatMakesThePicture() {
        PictureTensor input = input(PictureLayout.NHWC, ChannelOrder.RGB, 0, 0.125);
        PictureSizes sizes = PictureSizes.multiplesOf(8, 16);
        byte[] onnx = TinyOnnx.squares(1);
        String fingerprint = model(onnx, input, sizes).fingerprint();

        assertThat(Stream.of(
                                model(TinyOnnx.squares(2), input, sizes),
                                model(onnx, input(PictureLayout.NCHW, ChannelOrder.RGB, 0, 0.125), sizes),
                                model(onnx, input(PictureLayout.NHWC, ChannelOrder.BGR, 0, 0.125), sizes),
                                model(onnx, input(PictureLayout.NHWC, ChannelOrder.RGB, -255, 0.125), sizes),
                                model(onnx, input(PictureLayout.NHWC, ChannelOrder.RGB, 0, 0.25), sizes),
                                model(onnx, input, PictureSizes.multiplesOf(16, 16)),
                                model(onnx, input, PictureSizes.multiplesOf(8, 8)),
                                model(onnx, input, PictureSizes.only(16, 16)),
                                new ForeignModel(onnx, input, input, sizes, 321, ORIGIN))
                        .map(ForeignModel::fingerprint))
                .doesNotContain(fingerprint)
                .doesNotHaveDuplicates();
        assertThat(new ForeignModel(onnx, input, OUT, sizes, 1, ModelOrigin.imported("", "", "")).fingerprint())
                .as("neither memory nor title")
                .isEqualTo(fingerprint);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"RGB\"|\"BGR\"|its fingerprint is",
                "\"RGB\"|\"GBR\"|input.channel-order is GBR, this version of Toonlake knows [RGB, BGR]",
                "\"float16\"|\"int8\"|input.data-type is int8, this version of Toonlake knows float32, float16",
                "\"size-multiple\" : 8|\"size-multiple\" : 0|Invalid size multiple: 0",
                "\"bytes-per-pixel\" : 321|\"bytes-per-pixel\" : \"?\"|memory.bytes-per-pixel is ? (must be a number)"
            })
    void aChangedDescriptionIsRefused(String from, String to, String message) throws IOException {
        ModelFolder.write(model(), ModelFiles.at(folder));
        Path json = folder.resolve(ModelFolder.DESCRIPTION);
        Files.writeString(json, Files.readString(json).replaceFirst(from, to));

        assertThatThrownBy(() -> ModelFolder.readAny(ModelFiles.at(folder)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(message);
    }

    @Test
    void changedBytesAreRefused() throws IOException {
        ModelFolder.write(model(), ModelFiles.at(folder));
        ModelFiles.at(folder).write(ModelFolder.ONNX, TinyOnnx.squares(2));

        assertThatThrownBy(() -> ModelFolder.readAny(ModelFiles.at(folder))).hasMessageContaining("its fingerprint is");
    }

    @Test
    void whoAsksForOurGeneratorsGetsNoOther() throws IOException {
        ModelFolder.write(model(), ModelFiles.at(folder));

        assertThatThrownBy(() -> ModelFolder.read(ModelFiles.at(folder)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("architecture.kind is onnx");
    }

    @ParameterizedTest
    @CsvSource({"-1..1, -1, 1", "'[-1, 1]', -1, 1", "0..255, 0, 255", "0.5..1.5, 0.5, 1.5", "-.5..5e-1, -0.5, 0.5"})
    void rangesAreReadAsPeopleWriteThem(String text, double low, double high) {
        assertThat(ValueRange.of(text)).isEqualTo(new ValueRange(low, high));
        assertThat(ValueRange.of(ValueRange.of(text).toString())).isEqualTo(new ValueRange(low, high));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1..", "1..1", "1..0", "0-255", "a..b", "0..NaN", "--1..1"})
    void whatIsNoRangeIsRefused(String text) {
        assertThatThrownBy(() -> ValueRange.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Invalid value range: ");
    }
}
