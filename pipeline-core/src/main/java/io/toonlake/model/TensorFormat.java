package io.toonlake.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Tells the formats that weights come in apart by their first bytes: names and endings of downloaded files lie. */
final class TensorFormat {
    /** An array's most. */
    static final long MAX_FILE_BYTES = Integer.MAX_VALUE - 16L;

    private static final byte[] ZIP = {'P', 'K', 3, 4};
    private static final int PICKLE = 0x80;
    private static final int LATEST_PICKLE_PROTOCOL = 5;

    private TensorFormat() {}

    static StoredTensors open(byte[] bytes, String place) throws ModelFormatException {
        if (Hdf5File.isHdf5(bytes)) {
            return new Hdf5File(bytes, place);
        }
        if (bytes.length > 8 && bytes[8] == '{') {
            return SafetensorsFile.stored(bytes, place);
        }
        throw new ModelFormatException("Cannot read %s: %s".formatted(place, otherThanTensors(bytes)));
    }

    private static String otherThanTensors(byte[] bytes) {
        if (NpyFile.isNpy(bytes)) {
            return "one .npy array (name the folder that holds all of them)";
        }
        if (startsWith(bytes, ZIP)) {
            return zip(firstEntry(bytes));
        }
        if (bytes.length > 1 && (bytes[0] & 0xff) == PICKLE && bytes[1] >= 2 && bytes[1] <= LATEST_PICKLE_PROTOCOL) {
            return pickle();
        }
        String start = new String(bytes, 0, Math.min(bytes.length, 24), StandardCharsets.US_ASCII);
        String seen = bytes.length > 0 && start.chars().allMatch(c -> c >= ' ' && c < 127 || c == '\n' || c == '\r')
                ? "; it is text: " + start.strip().lines().findFirst().orElse("") + "…"
                : "";
        return "neither .safetensors nor HDF5 (.h5), %d bytes%s".formatted(bytes.length, seen);
    }

    private static String zip(String firstEntry) {
        if (firstEntry.endsWith(".pkl")) {
            return pickle();
        }
        if (firstEntry.endsWith(".npy")) {
            return "a zip of .npy files (unpack it and name the folder)";
        }
        if (firstEntry.equals("metadata.json")) {
            return "a .keras archive (in Keras, model.save_weights('weights.weights.h5') writes what is read here)";
        }
        return "a zip file that begins with " + firstEntry;
    }

    private static String pickle() {
        return "a Python pickle, such as PyTorch's .pth, which is not read because reading one runs whatever code it names (save it "
                + "as .safetensors: safetensors.torch.save_file(torch.load('vgg19.pth', weights_only=True), 'vgg19.safetensors'))";
    }

    /** Name of a zip's first file, from its local header. */
    private static String firstEntry(byte[] bytes) {
        int start = 30;
        if (bytes.length < start) {
            return "nothing";
        }
        int length = Short.toUnsignedInt(
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort(26));
        return new String(bytes, start, Math.min(length, bytes.length - start), StandardCharsets.UTF_8);
    }

    private static boolean startsWith(byte[] bytes, byte[] magic) {
        return bytes.length >= magic.length && Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
    }
}
