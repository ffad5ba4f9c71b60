package io.toonlake.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.TreeMap;

/** A {@link Calibration} in its model's folder: {@code calibration.json}, and {@code generator.int8.onnx} for other programs. */
public final class CalibrationFile {
    public static final String RECORD = "calibration.json";
    public static final String ONNX = "generator.int8.onnx";

    private static final String FORMAT = "toonlake-calibration";
    private static final String VERSION = "1";
    private static final long MAX_BYTES = 64L << 20;
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private CalibrationFile() {}

    /** Writes the network, then the record: a folder with a record is whole. */
    public static void write(Model model, Calibration calibration, ModelFiles files) throws IOException {
        files.write(ONNX, OnnxGenerator.of(model, calibration));
        writeReadable(calibration, files);
    }

    /** Writes only what {@link #read} reads. */
    public static void writeReadable(Calibration calibration, ModelFiles files) throws IOException {
        files.write(RECORD, JSON.writeValueAsBytes(describe(calibration)));
    }

    /**
     * Reads the calibration of a model; empty where there is none, or one of another model, such as a later import has left it.
     *
     * @throws ModelFormatException where the record is of another version, damaged or changed
     */
    public static Optional<Calibration> read(Model model, ModelFiles files) throws IOException {
        byte[] bytes;
        try {
            bytes = files.read(RECORD, MAX_BYTES);
        } catch (FileNotFoundException | NoSuchFileException e) {
            return Optional.empty();
        }
        String file = files.location() + "/" + RECORD;
        try {
            JsonNode json = JSON.readTree(bytes);
            if (!json.path("format").asText().equals(FORMAT)
                    || !json.path("format-version").asText().equals(VERSION)
                    || !json.path("method").asText().equals(Calibration.METHOD)) {
                throw new ModelFormatException(
                        "Cannot read %s: not of format %s, version %s, method %s (calibrate anew)"
                                .formatted(file, FORMAT, VERSION, Calibration.METHOD));
            }
            if (!json.path("model").asText().equals(model.fingerprint())) {
                return Optional.empty();
            }
            Calibration calibration = calibration(json);
            if (!calibration.fingerprint().equals(json.path("fingerprint").asText())) {
                throw new ModelFormatException("Cannot read %s: its fingerprint is %s, it says %s (calibrate anew)"
                        .formatted(
                                file,
                                calibration.fingerprint(),
                                json.path("fingerprint").asText()));
            }
            return Optional.of(calibration);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new ModelFormatException("Cannot read %s: %s (calibrate anew)".formatted(file, e.getMessage()), e);
        }
    }

    private static ObjectNode describe(Calibration calibration) {
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("format-version", Integer.parseInt(VERSION))
                .put("fingerprint", calibration.fingerprint())
                .put("model", calibration.model())
                .put("method", Calibration.METHOD)
                .put("photos", calibration.photos())
                .put("max-edge-pixels", calibration.maxEdgePixels());
        json.putObject("held-out")
                .put("photos", calibration.heldOut().photos())
                .put("psnr", calibration.heldOut().psnr())
                .put("least-psnr", calibration.heldOut().leastPsnr())
                .put("ssim", calibration.heldOut().ssim());
        ObjectNode ranges = json.putObject("ranges");
        calibration.ranges().forEach((name, range) -> {
            ObjectNode both = ranges.putObject(name);
            ArrayNode least = both.putArray("least");
            ArrayNode most = both.putArray("most");
            for (int c = 0; c < range.least().length; c++) {
                least.add(range.least()[c]);
                most.add(range.most()[c]);
            }
        });
        return json;
    }

    private static Calibration calibration(JsonNode json) {
        TreeMap<String, ChannelRanges> ranges = new TreeMap<>();
        json.path("ranges")
                .fields()
                .forEachRemaining(entry -> ranges.put(
                        entry.getKey(),
                        new ChannelRanges(
                                floats(entry.getValue().path("least")),
                                floats(entry.getValue().path("most")))));
        JsonNode heldOut = json.path("held-out");
        return new Calibration(
                json.path("model").asText(),
                json.path("photos").asInt(),
                json.path("max-edge-pixels").asInt(),
                ranges,
                new Calibration.HeldOut(
                        heldOut.path("photos").asInt(),
                        heldOut.path("psnr").asDouble(),
                        heldOut.path("least-psnr").asDouble(),
                        heldOut.path("ssim").asDouble()));
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) array.get(i).asDouble(Double.NaN);
        }
        return values;
    }
}
