package io.toonlake.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The {@code .safetensors} format: the header's length (8 bytes, little-endian), a JSON header naming each tensor's type,
 * shape and place, then the values. As the format demands, the tensors must cover the data exactly: no overlap, no gap.
 *
 * @param tensors in the header's order
 * @param metadata the header's free text ({@code __metadata__})
 */
public record SafetensorsFile(Tensors tensors, Map<String, String> metadata) {
    private static final String METADATA = "__metadata__";
    private static final int MAX_HEADER_BYTES = 16 << 20;
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    public SafetensorsFile {
        metadata = Map.copyOf(metadata);
    }

    /** Reads a file of a place; of at most 2 GiB, as it is held whole. */
    public static SafetensorsFile read(ModelFiles files, String name) throws IOException {
        return read(files.read(name, TensorFormat.MAX_FILE_BYTES), files.location() + "/" + name);
    }

    /**
     * Reads a whole file. Tensors of F16, BF16, F32 and F64 become single precision; other types are refused.
     *
     * @param name what messages call the file
     */
    public static SafetensorsFile read(byte[] bytes, String name) throws ModelFormatException {
        Stored stored = stored(bytes, name);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String tensor : stored.names()) {
            tensors.put(tensor, stored.read(tensor));
        }
        return new SafetensorsFile(new Tensors(tensors), stored.metadata);
    }

    /** A whole file's tensors, their places checked, their values not yet read. */
    static Stored stored(byte[] bytes, String name) throws ModelFormatException {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long headerBytes = bytes.length < 8 ? -1 : file.getLong(0);
        if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES || headerBytes > bytes.length - 8) {
            throw refused(
                    name,
                    "not a .safetensors file: a header of %d bytes in a file of %d"
                            .formatted(headerBytes, bytes.length));
        }
        JsonNode header = header(bytes, (int) headerBytes, name);
        ByteBuffer data = file.slice(8 + (int) headerBytes, bytes.length - 8 - (int) headerBytes);
        Map<String, String> metadata = new TreeMap<>();
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (field.getKey().equals(METADATA)) {
                field.getValue()
                        .properties()
                        .forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
            } else {
                entries.put(field.getKey(), Entry.parse(field.getKey(), field.getValue(), name));
            }
        }
        checkCovers(entries.values(), data.limit(), name);
        return new Stored(name, metadata, entries, data);
    }

    /**
     * The file's bytes: single precision, tensors in their order, metadata in name order, the header padded with spaces to
     * a multiple of 8 so that the values are aligned. The same content gives the same bytes.
     */
    public byte[] toBytes() throws IOException {
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode free = header.putObject(METADATA);
            new TreeMap<>(metadata).forEach(free::put);
        }
        long end = 0;
        for (Map.Entry<String, Tensor> entry : tensors.asMap().entrySet()) {
            ObjectNode node = header.putObject(entry.getKey()).put("dtype", ElementType.F32.name());
            entry.getValue().shape().forEach(node.putArray("shape")::add);
            node.putArray("data_offsets")
                    .add(end)
                    .add(end += 4L * entry.getValue().values().length);
        }
        byte[] json = JSON.writeValueAsBytes(header);
        int padding = -json.length & 7;
        if (8L + json.length + padding + end > TensorFormat.MAX_FILE_BYTES) {
            throw new IOException(
                    "Cannot write %d bytes of tensors: a .safetensors file of at most 2 GiB is written".formatted(end));
        }
        ByteBuffer file = ByteBuffer.allocate((int) (8 + json.length + padding + end))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length + padding)
                .put(json)
                .put(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
        for (Tensor tensor : tensors.asMap().values()) {
            file.asFloatBuffer().put(tensor.values());
            file.position(file.position() + 4 * tensor.values().length);
        }
        return file.array();
    }

    private static JsonNode header(byte[] bytes, int headerBytes, String name) throws ModelFormatException {
        try {
            JsonNode header = JSON.readTree(bytes, 8, headerBytes);
            if (!header.isObject()) {
                throw refused(name, "its header is no JSON object");
            }
            return header;
        } catch (JsonProcessingException e) {
            throw refused(name, "its header is damaged: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw refused(name, "its header is damaged: " + e.getMessage());
        }
    }

    private static void checkCovers(Collection<Entry> entries, long dataBytes, String name)
            throws ModelFormatException {
        long covered = 0;
        for (Entry entry : entries.stream()
                .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
                .toList()) {
            if (entry.end > dataBytes) {
                throw refused(name, "tensor %s ends at byte %d of %d".formatted(entry.tensor, entry.end, dataBytes));
            }
            if (entry.begin != covered) {
                throw refused(
                        name,
                        "tensor %s begins at byte %d, expected %d (tensors may neither overlap nor leave gaps)"
                                .formatted(entry.tensor, entry.begin, covered));
            }
            covered = entry.end;
        }
        if (covered != dataBytes) {
            throw refused(name, "%d bytes after the last tensor".formatted(dataBytes - covered));
        }
    }

    private static ModelFormatException refused(String name, String why) {
        return new ModelFormatException("Cannot read %s: %s".formatted(name, why));
    }

    /** A file whose header was read. */
    static final class Stored implements StoredTensors {
        private final String place;
        private final Map<String, String> metadata;
        private final Map<String, Entry> entries;
        private final ByteBuffer data;

        private Stored(String place, Map<String, String> metadata, Map<String, Entry> entries, ByteBuffer data) {
            this.place = place;
            this.metadata = metadata;
            this.entries = entries;
            this.data = data;
        }

        @Override
        public String place() {
            return place;
        }

        @Override
        public Set<String> names() {
            return entries.keySet();
        }

        @Override
        public Tensor read(String name) throws ModelFormatException {
            Entry entry = entries.get(name);
            if (entry == null) {
                throw refused(place, "no tensor " + name);
            }
            ElementType type = entry.type(place);
            ByteBuffer values = data.slice((int) entry.begin, (int) (entry.end - entry.begin))
                    .order(ByteOrder.LITTLE_ENDIAN);
            return new Tensor(
                    entry.shape.stream().map(Long::intValue).toList(), type.read(values, (int) entry.count()));
        }
    }

    /** One tensor as the header has it. Of a type that is read, its length agrees with its shape. */
    private record Entry(String tensor, String dtype, List<Long> shape, long begin, long end) {
        static Entry parse(String tensor, JsonNode node, String file) throws ModelFormatException {
            JsonNode offsets = node.path("data_offsets");
            List<Long> shape = new ArrayList<>();
            boolean valid = node.path("shape").isArray()
                    && offsets.size() == 2
                    && isLong(offsets.path(0))
                    && isLong(offsets.path(1));
            for (JsonNode axis : node.path("shape")) {
                valid &= isLong(axis);
                shape.add(axis.asLong());
            }
            if (!valid) {
                throw refused(file, "tensor %s: no readable shape and data_offsets in %s".formatted(tensor, node));
            }
            Entry entry = new Entry(
                    tensor,
                    node.path("dtype").asText(),
                    shape,
                    offsets.path(0).asLong(),
                    offsets.path(1).asLong());
            boolean ordered = entry.begin >= 0 && entry.end >= entry.begin;
            if (!ordered
                    || entry.isRead()
                            && entry.end - entry.begin
                                    != entry.count() * entry.type(file).bytes()) {
                throw refused(
                        file,
                        "tensor %s, dtype %s, shape %s does not fit bytes %d to %d"
                                .formatted(tensor, entry.dtype, shape, entry.begin, entry.end));
            }
            return entry;
        }

        private static boolean isLong(JsonNode number) {
            return number.isIntegralNumber() && number.canConvertToLong();
        }

        long count() {
            return Tensor.length(shape);
        }

        boolean isRead() {
            return Arrays.stream(ElementType.values())
                    .anyMatch(type -> type.name().equals(dtype));
        }

        /** Files hold tensors of other types beside weights: only who asks for one is refused. */
        ElementType type(String file) throws ModelFormatException {
            if (!isRead()) {
                throw refused(
                        file,
                        "tensor %s, dtype %s, shape %s (F16, BF16, F32 and F64 are read)"
                                .formatted(tensor, dtype, shape));
            }
            return ElementType.valueOf(dtype);
        }
    }
}
