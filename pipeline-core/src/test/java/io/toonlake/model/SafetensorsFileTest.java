package io.toonlake.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {
    @Test
    void whatIsWrittenIsReadInItsOrder() throws Exception {
        SafetensorsFile file = example();
        SafetensorsFile read = SafetensorsFile.read(file.toBytes(), "a.safetensors");
        assertThat(read).isEqualTo(file);
        assertThat(read.tensors().names()).containsExactly("z", "a", "empty");
    }

    @Test
    void bytesAreAlignedAndTheSameEveryTime() throws Exception {
        byte[] bytes = example().toBytes();
        assertThat(bytes).isEqualTo(example().toBytes());
        assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0) % 8)
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"F16, 2, 003e, 1.5", "BF16, 2, c03f, 1.5", "F32, 4, 0000c03f, 1.5", "F64, 8, 000000000000f83f, 1.5"})
    void everyPrecisionIsRead(String type, int bytes, String hex, float value) throws Exception {
        String header = "{\"x\":{\"dtype\":\"%s\",\"shape\":[1],\"data_offsets\":[0,%d]}}".formatted(type, bytes);
        byte[] data = java.util.HexFormat.of().parseHex(hex);
        assertThat(SafetensorsFile.read(file(header, data), "a").tensors().tensor("x"))
                .isEqualTo(Tensor.of(new float[] {value}, 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'x':F32 [2] 0 8; 'y':F32 [2] 4 12 | tensor y begins at byte 4, expected 8",
                "'x':F32 [2] 0 8; 'y':F32 [1] 12 16 | tensor y begins at byte 12, expected 8",
                "'x':F32 [2] 0 8 | 8 bytes after the last tensor",
                "'x':F32 [8] 0 32 | tensor x ends at byte 32 of 16",
                "'x':F32 [4] 0 12 | tensor x, dtype F32, shape [4] does not fit bytes 0 to 12",
                "'x':F32 [4] 16 0 | does not fit bytes 16 to 0",
                "'x':F32 [-4] 0 16 | does not fit",
                "'x':F32 [4294967296,4294967296] 0 16 | does not fit",
                "'x':F32 [1e1] 0 16 | no readable shape",
                "'x':F32 [4] -16 0 | does not fit",
                "'x':F32 [4] 0 99999999999999999999 | no readable shape and data_offsets",
                "'x':I64 [2] 0 16 | tensor x, dtype I64, shape [2] (F16, BF16, F32 and F64 are read)",
                "'x':F32 [2] 0 8; 'x':F32 [2] 8 16 | Duplicate field 'x'",
            })
    void headersThatDoNotFitAreRefused(String entries, String why) {
        StringBuilder header = new StringBuilder("{");
        for (String entry : entries.split("; ")) {
            String[] part = entry.replace('\'', '"').split("[: ]");
            header.append(header.length() > 1 ? "," : "")
                    .append("%s:{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%s,%s]}".formatted((Object[]) part));
        }
        assertThatThrownBy(() -> SafetensorsFile.read(file(header + "}", new byte[16]), "w.safetensors"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith("Cannot read w.safetensors: ")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({"-1", "0", "9000000000000000000", "1000"})
    void headerLengthBeyondTheFileIsRefused(long length) {
        byte[] bytes = file("{}", new byte[0]);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
        assertThatThrownBy(() -> SafetensorsFile.read(bytes, "a"))
                .hasMessageContaining(
                        "not a .safetensors file: a header of %d bytes in a file of 10".formatted(length));
    }

    @Test
    void everyTruncationIsRefused() throws Exception {
        byte[] whole = example().toBytes();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> SafetensorsFile.read(cut, "a")).isInstanceOf(ModelFormatException.class);
        }
    }

    private static SafetensorsFile example() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("z", Tensor.of(new float[] {1, -2, Float.MIN_VALUE, 4, 5, 6}, 2, 3));
        tensors.put("a", Tensor.of(new float[] {7}));
        tensors.put("empty", Tensor.of(new float[0], 0, 3));
        return new SafetensorsFile(new Tensors(tensors), Map.of("made-by", "a test", "another", "ü"));
    }

    private static byte[] file(String header, byte[] data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data)
                .array();
    }
}
