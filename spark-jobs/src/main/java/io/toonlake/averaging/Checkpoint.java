package io.toonlake.averaging;

import io.toonlake.config.Fingerprint;
import io.toonlake.model.Model;
import io.toonlake.model.ModelFormatException;
import io.toonlake.model.ModelOrigin;
import io.toonlake.model.SafetensorsFile;
import io.toonlake.model.Tensor;
import io.toonlake.model.Tensors;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import io.toonlake.training.GeneratorWeights;
import io.toonlake.training.StateLayout;
import io.toonlake.training.StateLayout.Segment;
import io.toonlake.training.TrainingState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything a training needs to go on as if it had not been interrupted: one {@code .safetensors} file. The state's segments are
 * its tensors; its metadata has the rest, and a sha256 of it all, so that a file that was torn or has rotted is known as such.
 *
 * @param training names the training, whose later runs continue it: the id of the run that began it
 * @param round the last round that the state has in it; 0 is the initial state
 * @param identity what must be equal for the state to be continued: settings that decide bits, and fingerprints of what is read
 * @param incidental settings that decide nothing of the state, as they were when it was written
 */
public record Checkpoint(
        String training, int round, Map<String, String> identity, Map<String, String> incidental, TrainingState state) {
    /** The largest file that a checkpoint can be: what one Java array holds. */
    public static final long MAX_BYTES = Integer.MAX_VALUE - 16L;

    /** What a file can hold of a state, beside its header. */
    public static final long MOST_STATE_BYTES = MAX_BYTES - (1 << 20);

    private static final String FORMAT = "toonlake-checkpoint";
    private static final String VERSION = "2";
    private static final String IDENTITY = "identity.";
    private static final String INCIDENTAL = "incidental.";
    private static final String SHA256 = "sha256";

    public Checkpoint {
        identity = new TreeMap<>(identity);
        incidental = new TreeMap<>(incidental);
    }

    Checkpoint(String training, int round, Map<String, String> identity, TrainingState state) {
        this(training, round, identity, Map.of(), state);
    }

    /** The same state, to be continued under these incidental settings. */
    public Checkpoint with(Map<String, String> otherIncidental) {
        return new Checkpoint(training, round, identity, otherIncidental, state);
    }

    /** The same training some rounds later. */
    Checkpoint after(int laterRound, float[] values) {
        return new Checkpoint(training, laterRound, identity, incidental, new TrainingState(state.layout(), values));
    }

    byte[] toBytes() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Segment segment : state.layout().segments()) {
            tensors.put(segment.name(), Tensor.of(state.segment(segment.name()), segment.length()));
        }
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("format", FORMAT);
        metadata.put("format-version", VERSION);
        metadata.put("training", training);
        metadata.put("round", String.valueOf(round));
        identity.forEach((name, value) -> metadata.put(IDENTITY + name, value));
        incidental.forEach((name, value) -> metadata.put(INCIDENTAL + name, value));
        metadata.put(SHA256, sha256(metadata, state));
        return new SafetensorsFile(new Tensors(tensors), metadata).toBytes();
    }

    /** @throws ModelFormatException where the bytes are no whole checkpoint of this version */
    static Checkpoint of(byte[] bytes, String name) throws ModelFormatException {
        return of(SafetensorsFile.read(bytes, name), name);
    }

    private static Checkpoint of(SafetensorsFile file, String name) throws ModelFormatException {
        Map<String, String> metadata = file.metadata();
        if (!isCheckpoint(file) || !VERSION.equals(metadata.get("format-version"))) {
            throw new ModelFormatException("Cannot read " + name + ": not a checkpoint of version " + VERSION);
        }
        TrainingState state = state(file.tensors());
        if (!sha256(metadata, state).equals(metadata.get(SHA256))) {
            throw new ModelFormatException("Cannot read " + name + ": its contents are not those that were written");
        }
        return new Checkpoint(
                metadata.get("training"),
                Integer.parseInt(metadata.get("round")),
                below(IDENTITY, metadata),
                below(INCIDENTAL, metadata),
                state);
    }

    private static Map<String, String> below(String prefix, Map<String, String> metadata) {
        Map<String, String> below = new TreeMap<>();
        metadata.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                below.put(key.substring(prefix.length()), value);
            }
        });
        return below;
    }

    /**
     * The checkpoint that a file's bytes are; empty where they are a {@code .safetensors} file of another kind.
     *
     * @throws ModelFormatException where they are no such file at all, or a checkpoint that is not whole or of another version
     */
    public static Optional<Checkpoint> ifOne(byte[] bytes, String name) throws ModelFormatException {
        SafetensorsFile file = SafetensorsFile.read(bytes, name);
        return isCheckpoint(file) ? Optional.of(of(file, name)) : Optional.empty();
    }

    private static boolean isCheckpoint(SafetensorsFile file) {
        return FORMAT.equals(file.metadata().get("format"));
    }

    /**
     * The generator as it is in this state, with the architecture that the identity's settings have.
     *
     * @param origin what the model is to say of where it comes from
     */
    public Model generator(ModelOrigin origin) {
        GeneratorArchitecture architecture = new GeneratorArchitecture(
                Integer.parseInt(setting("width")),
                Integer.parseInt(setting("residual-blocks")),
                Padding.of(setting("padding")),
                Upsampling.of(setting("upsampling")),
                Double.parseDouble(setting("norm-epsilon")));
        return new Model(architecture, GeneratorWeights.of(architecture, state), origin);
    }

    private String setting(String ofGenerator) {
        return identity.get("train.generator." + ofGenerator);
    }

    /** What is different in this identity, each as {@code name was a and is b}. */
    public List<String> differences(Map<String, String> otherIdentity) {
        Map<String, String> all = new TreeMap<>(identity);
        all.putAll(otherIdentity);
        return differences(all.keySet(), identity, otherIdentity);
    }

    /** The same of incidental settings; those that were not written down, as by earlier releases, are passed over. */
    public List<String> incidentalDifferences(Map<String, String> otherIncidental) {
        Set<String> both = new TreeSet<>(incidental.keySet());
        both.retainAll(otherIncidental.keySet());
        return differences(both, incidental, otherIncidental);
    }

    private static List<String> differences(Set<String> names, Map<String, String> before, Map<String, String> now) {
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            String was = before.getOrDefault(name, "nothing");
            String is = now.getOrDefault(name, "nothing");
            if (!was.equals(is)) {
                differences.add(name + " was " + was + " and is " + is);
            }
        }
        return differences;
    }

    private static TrainingState state(Tensors tensors) {
        List<Segment> segments = new ArrayList<>();
        int offset = 0;
        for (Map.Entry<String, Tensor> tensor : tensors.asMap().entrySet()) {
            int length = tensor.getValue().values().length;
            segments.add(new Segment(tensor.getKey(), offset, length));
            offset += length;
        }
        float[] values = new float[offset];
        for (Segment segment : segments) {
            float[] part = tensors.tensor(segment.name()).values();
            System.arraycopy(part, 0, values, segment.offset(), part.length);
        }
        return new TrainingState(new StateLayout(segments), values);
    }

    /** Over everything but itself: metadata, names and lengths of the segments, values. */
    private static String sha256(Map<String, String> metadata, TrainingState state) {
        Map<String, String> described = new TreeMap<>(metadata);
        described.remove(SHA256);
        return Fingerprint.of(described.toString(), state.layout().segments().toString(), sha256(state.values()));
    }

    /** Over the values as little-endian bytes. */
    static String sha256(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return Fingerprint.of(bytes.array());
    }
}
