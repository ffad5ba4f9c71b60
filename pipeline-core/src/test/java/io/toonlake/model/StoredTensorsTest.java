package io.toonlake.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredTensorsTest {
    @TempDir
    private Path folder;

    @Test
    void theContentTellsTheFormatAndNotTheName() throws IOException {
        Tensor values = Tensor.of(new float[] {1, 2}, 2);
        Path safetensors = folder.resolve("weights.bin");
        Files.write(safetensors, new SafetensorsFile(new Tensors(Map.of("a", values)), Map.of()).toBytes());
        Path hdf5 = folder.resolve("weights.safetensors");
        try (WritableHdfFile file = HdfFile.write(hdf5)) {
            file.putGroup("group").putDataset("a", new float[] {1, 2});
        }

        assertThat(StoredTensors.in(safetensors).readAll()).isEqualTo(new Tensors(Map.of("a", values)));
        assertThat(StoredTensors.in(hdf5).readAll()).isEqualTo(new Tensors(Map.of("group/a", values)));
    }

    @Test
    void hdf5HoldsDoublesTooAndRefusesWholeNumbers() throws IOException {
        Path hdf5 = folder.resolve("a.h5");
        try (WritableHdfFile file = HdfFile.write(hdf5)) {
            file.putDataset("doubles", new double[][] {{1, 2.5}, {3, 4}});
            file.putDataset("steps", new int[] {7});
        }
        StoredTensors stored = StoredTensors.in(hdf5);

        assertThat(stored.names()).containsExactlyInAnyOrder("doubles", "steps");
        assertThat(stored.read("doubles")).isEqualTo(Tensor.of(new float[] {1, 2.5f, 3, 4}, 2, 2));
        assertThatThrownBy(() -> stored.read("steps"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("a.h5: dataset steps of shape [1] holds int (floating point is read)");
        assertThatThrownBy(() -> stored.read("weights"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("no dataset weights");
    }

    @Test
    void safetensorsOfATypeThatIsNotReadDisturbNobodyElse() throws IOException {
        String header = "{\"steps\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}";
        Path file = folder.resolve("a.safetensors");
        Files.write(
                file,
                ByteBuffer.allocate(8 + header.length() + 12)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(header.length())
                        .put(header.getBytes(StandardCharsets.US_ASCII))
                        .putLong(3)
                        .putFloat(0.5f)
                        .array());
        StoredTensors stored = StoredTensors.in(file);

        assertThat(stored.read("a")).isEqualTo(Tensor.of(new float[] {0.5f}, 1));
        assertThatThrownBy(() -> stored.read("steps"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("dtype I64");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "archive/data.pkl | a Python pickle, such as PyTorch's .pth",
                "a.npy | unpack it and name the folder",
                "metadata.json | model.save_weights",
                "readme.txt | a zip file that begins with readme.txt",
            })
    void zipsAreRefusedByWhatTheyHold(String entry, String why) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(1);
        }
        assertRefused(bytes.toByteArray(), why);
    }

    @Test
    void picklesAreRefusedWithTheWayToConvertThem() throws IOException {
        // How torch.save began its files before it wrote zips.
        assertRefused(
                new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 'l', (byte) 0xfc, (byte) 0x9c, 'F', (byte) 0xf9},
                "runs whatever code it names",
                "safetensors.torch.save_file(torch.load('vgg19.pth', weights_only=True), 'vgg19.safetensors')");
    }

    @Test
    void whatIsNoWeightsIsRefusedInWords() throws IOException {
        assertRefused(new byte[0], "neither .safetensors nor HDF5 (.h5), 0 bytes");
        assertRefused(
                "version https://git-lfs.github.com/spec/v1\noid".getBytes(StandardCharsets.US_ASCII),
                "it is text: version https://git-lfs");
        assertRefused(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 0, 0}, "name the folder");
        assertRefused(new byte[100], "neither .safetensors nor HDF5 (.h5), 100 bytes");
    }

    @Test
    void truncatedHdf5IsRefusedOrReadRightly() throws IOException {
        byte[] whole;
        try (var in = StoredTensorsTest.class.getResourceAsStream("vgg19-keras1.h5")) {
            whole = in.readAllBytes();
        }
        Tensors tensors = new Hdf5File(whole, "whole").readAll();
        int refused = 0;
        for (int length = 8; length < whole.length; length += 509) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                assertThat(new Hdf5File(cut, "cut").readAll()).isEqualTo(tensors);
            } catch (ModelFormatException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(whole.length / 509 / 2);
    }

    private void assertRefused(byte[] bytes, String... why) throws IOException {
        Path file = folder.resolve("weights.safetensors");
        Files.write(file, bytes);
        assertThatThrownBy(() -> StoredTensors.in(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith("Cannot read " + file + ": ")
                .hasMessageContainingAll(why);
    }
}
