package io.toonlake.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.testing.TinyOnnx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxFileTest {
    @TempDir
    private Path folder;

    private ModelFiles files() {
        return ModelFiles.at(folder.resolve("files"));
    }

    private static TensorProto outside(String file, long offset, long length) {
        return TensorProto.newBuilder()
                .setName("weights")
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addDims(length / Float.BYTES)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", file))
                .addExternalData(entry("offset", Long.toString(offset)))
                .addExternalData(entry("length", Long.toString(length)))
                .build();
    }

    private static StringStringEntryProto.Builder entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value);
    }

    private static byte[] model(TensorProto tensor) {
        return ModelProto.newBuilder()
                .setGraph(GraphProto.newBuilder().addInitializer(tensor))
                .build()
                .toByteArray();
    }

    @Test
    void aWholeFileIsTakenAsItIs() throws IOException {
        byte[] whole = TinyOnnx.squares(1);
        files().write("net.onnx", whole);

        assertThat(OnnxFile.read(files(), "net.onnx")).isEqualTo(whole);
        assertThat(OnnxFile.readWhole(files(), "net.onnx")).isEqualTo(whole);
    }

    @Test
    void tensorsBesideTheFileAreTakenIntoIt() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(1).putFloat(2).putFloat(3).putFloat(4);
        files().write("net.onnx.data", data.array());
        files().write("net.onnx", model(outside("net.onnx.data", 4, 8)));

        TensorProto taken = ModelProto.parseFrom(OnnxFile.read(files(), "net.onnx"))
                .getGraph()
                .getInitializer(0);

        assertThat(taken.getExternalDataCount()).isZero();
        assertThat(taken.getDataLocation()).isEqualTo(TensorProto.DataLocation.DEFAULT);
        ByteBuffer raw = taken.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(new float[] {raw.getFloat(0), raw.getFloat(4)}).containsExactly(2, 3);
        assertThat(raw.remaining()).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "/etc/passwd", "sub/w", "..", ".", "", "a\\b", "file:w", "a\nb"})
    void tensorsAnywhereElseAreRefused(String place) throws IOException {
        Files.writeString(folder.resolve("secret"), "12345678");
        files().write("net.onnx", model(outside(place, 0, 8)));

        assertThatThrownBy(() -> OnnxFile.read(files(), "net.onnx"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(
                        "tensor weights lies in '" + place + "', and only files directly beside it are read");
    }

    @Test
    void tensorsOutsideAreFoundInAttributesOfInnerGraphsToo() throws IOException {
        NodeProto.Builder constant = NodeProto.newBuilder()
                .setOpType("Constant")
                .addAttribute(AttributeProto.newBuilder().setName("value").setT(outside("../secret", 0, 8)));
        NodeProto.Builder loop = NodeProto.newBuilder()
                .setOpType("Loop")
                .addAttribute(AttributeProto.newBuilder()
                        .setName("body")
                        .setG(GraphProto.newBuilder().addNode(constant)));
        files().write(
                        "net.onnx",
                        ModelProto.newBuilder()
                                .setGraph(GraphProto.newBuilder().addNode(loop))
                                .build()
                                .toByteArray());

        assertThatThrownBy(() -> OnnxFile.read(files(), "net.onnx")).hasMessageContaining("'../secret'");
    }

    @Test
    void damagedReferencesAreTold() throws IOException {
        files().write("short", new byte[4]);
        files().write("net.onnx", model(outside("short", 2, 8)));
        assertThatThrownBy(() -> OnnxFile.read(files(), "net.onnx"))
                .hasMessageContaining("tensor weights has 8 bytes from 2 of short, which is 4 bytes long");

        files().write("net.onnx", model(outside("absent", 0, 8)));
        assertThatThrownBy(() -> OnnxFile.read(files(), "net.onnx"))
                .hasMessageContaining("absent, which is not beside it (copy it there)");
    }

    @Test
    void whatIsNoOnnxFileIsTold() throws IOException {
        files().write("net.onnx", "PK\3\4 no model".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> OnnxFile.read(files(), "net.onnx"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("net.onnx: it is no ONNX file");
        files().write("net.onnx", new byte[0]);
        assertThatThrownBy(() -> OnnxFile.read(files(), "net.onnx")).hasMessageContaining("it has no graph");
    }

    @Test
    void aModelsFolderHasItsTensorsInOneFile() throws IOException {
        files().write("w", new byte[8]);
        files().write("net.onnx", model(outside("w", 0, 8)));

        assertThatThrownBy(() -> OnnxFile.readWhole(files(), "net.onnx"))
                .hasMessageContaining("it has tensors in other files (import it anew)");
    }
}
