package io.toonlake.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyFileTest {
    private static final float[] VALUES = {0, 1, 2, -3.5f, 65504, 0.25f};

    @ParameterizedTest
    @CsvSource({"<f4, 1", ">f4, 1", "<f8, 1", ">f8, 2", "<f2, 2", ">f2, 3", "<f4, 3"})
    void everyTypeByteOrderAndVersionIsRead(String type, int version) throws Exception {
        assertThat(NpyFile.read(file(version, type, false, "(2, 3)", data(type)), "a.npy"))
                .isEqualTo(Tensor.of(VALUES, 2, 3));
    }

    @Test
    void fortranOrderIsTurned() throws Exception {
        Tensor tensor = NpyFile.read(file(1, "<f4", true, "(2, 3)", data("<f4")), "a.npy");
        assertThat(tensor).isEqualTo(Tensor.of(new float[] {0, 2, 65504, 1, -3.5f, 0.25f}, 2, 3));
    }

    @Test
    void scalarsVectorsAndPythonTwoShapesAreRead() throws Exception {
        assertThat(NpyFile.read(file(1, "<f4", false, "(6,)", data("<f4")), "a.npy")
                        .shape())
                .containsExactly(6);
        assertThat(NpyFile.read(file(1, "<f4", false, "(6L, 1L)", data("<f4")), "a.npy")
                        .shape())
                .containsExactly(6, 1);
        assertThat(NpyFile.read(file(1, "<f4", false, "()", new byte[4]), "a.npy")
                        .shape())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<i8 | (2, 3) | dtype <i8, shape [2, 3] (f2, f4 and f8 are read)",
                "<f4 | (2, 4) | dtype <f4, shape [2, 4] takes 32 bytes, the file has 24",
                "<f4 | (2, 2) | dtype <f4, shape [2, 2] takes 16 bytes, the file has 24",
                "<f4 | (2000000000, 2000000000, 2000000000) | takes too many bytes, the file has 24",
                "<f4 | (99999999999999999999,) | shape (99999999999999999999,)",
                "<f4 | (-2, 3) | no readable 'shape'",
            })
    void misfitsAreRefusedInWords(String type, String shape, String why) {
        assertThatThrownBy(() -> NpyFile.read(file(1, type, false, shape, new byte[24]), "w/a.npy"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith("Cannot read w/a.npy: ")
                .hasMessageContaining(why);
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] whole = file(2, "<f4", false, "(2, 3)", data("<f4"));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> NpyFile.read(cut, "a.npy")).isInstanceOf(ModelFormatException.class);
        }
    }

    @Test
    void headerLongerThanTheFileIsRefused() {
        byte[] bytes = file(2, "<f4", false, "(2, 3)", data("<f4"));
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(8, -1);
        assertThatThrownBy(() -> NpyFile.read(bytes, "a.npy")).hasMessageContaining("its header does not fit");
    }

    @Test
    void halfPrecisionIsExact() {
        assertThat(ElementType.halfToFloat((short) 0x3555)).isEqualTo(0.333251953125f);
        assertThat(ElementType.halfToFloat((short) 0x0001)).isEqualTo(0x1p-24f);
        assertThat(ElementType.halfToFloat((short) 0xc000)).isEqualTo(-2);
        assertThat(ElementType.halfToFloat((short) 0x7c00)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(ElementType.halfToFloat((short) 0xfe00)).isNaN();
    }

    @ParameterizedTest
    @ValueSource(strings = {"b.npy", "z.weight.npy"})
    void folderGivesTensorsInNameOrderAndNamesTheDamagedFile(String damaged, @TempDir Path folder) throws Exception {
        Files.write(folder.resolve("c.bias.npy"), file(1, "<f4", false, "(6,)", data("<f4")));
        Files.write(folder.resolve("a.npy"), file(1, "<f4", false, "(6,)", data("<f4")));
        Files.writeString(folder.resolve("README.md"), "weights");
        assertThat(Tensors.load(folder).names()).containsExactly("a", "c.bias");
        Files.writeString(folder.resolve(damaged), "<html>");
        assertThatThrownBy(() -> Tensors.load(folder))
                .hasMessage("Cannot read %s/%s: not an .npy file".formatted(folder, damaged));
    }

    @Test
    void folderWithoutArraysIsRefused(@TempDir Path folder) {
        assertThatThrownBy(() -> Tensors.load(folder))
                .hasMessage("Cannot read weights from %s: no .npy files there".formatted(folder));
    }

    private static byte[] data(String type) {
        int bytes = type.charAt(2) - '0';
        ByteBuffer data = ByteBuffer.allocate(VALUES.length * bytes)
                .order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        short[] halves = {0, 0x3c00, 0x4000, (short) 0xc300, 0x7bff, 0x3400};
        for (int i = 0; i < VALUES.length; i++) {
            switch (bytes) {
                case 2 -> data.putShort(halves[i]);
                case 4 -> data.putFloat(VALUES[i]);
                default -> data.putDouble(VALUES[i]);
            }
        }
        return data.array();
    }

    private static byte[] file(int version, String type, boolean fortran, String shape, byte[] data) {
        byte[] header = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n"
                .formatted(type, fortran ? "True" : "False", shape)
                .getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        out.writeBytes(new byte[] {(byte) header.length, (byte) (header.length >> 8)});
        out.writeBytes(new byte[version == 1 ? 0 : 2]);
        out.writeBytes(header);
        out.writeBytes(data);
        return out.toByteArray();
    }
}
