package io.toonlake.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.toonlake.model.ModelOrigin.Making;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A {@link Model} as a folder: {@code model.json}, {@code generator.safetensors}, and {@code generator.onnx} for other programs. Of a
 * {@link ForeignModel} there is {@code generator.onnx} alone, as it was published.
 */
public final class ModelFolder {
    public static final String DESCRIPTION = "model.json";
    public static final String WEIGHTS = "generator.safetensors";
    public static final String ONNX = "generator.onnx";

    private static final String FORMAT = "toonlake-model";
    private static final long MAX_DESCRIPTION_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ModelFolder() {}

    /**
     * Writes the weights, twice, then the description: a folder with a description is whole. That of a model which is replaced goes first, so that whoever
     * is killed in between leaves no model, rather than one that is not what it says.
     */
    public static void write(Model model, ModelFiles files) throws IOException {
        byte[] onnx = OnnxGenerator.of(model);
        files.delete(DESCRIPTION);
        files.write(ONNX, onnx);
        writeDescribed(model, files);
    }

    /** Writes only what {@link #read} reads, which is half of it. */
    public static void writeReadable(Model model, ModelFiles files) throws IOException {
        files.delete(DESCRIPTION);
        files.delete(ONNX);
        writeDescribed(model, files);
    }

    private static void writeDescribed(Model model, ModelFiles files) throws IOException {
        Map<String, String> metadata = Map.of("format", FORMAT, "fingerprint", model.fingerprint());
        files.write(WEIGHTS, new SafetensorsFile(model.tensors(), metadata).toBytes());
        files.write(DESCRIPTION, JSON.writeValueAsBytes(describe(model)));
    }

    /** Writes somebody's network, then the description. */
    public static void write(ForeignModel model, ModelFiles files) throws IOException {
        files.delete(DESCRIPTION);
        files.write(ONNX, model.onnx());
        ObjectNode json = described(model);
        ForeignDescription.write(model, json);
        files.write(DESCRIPTION, JSON.writeValueAsBytes(json));
    }

    /** Writes what {@link #readAny} reads. */
    public static void writeReadable(StylizingModel model, ModelFiles files) throws IOException {
        if (model instanceof ForeignModel foreign) {
            write(foreign, files);
        } else {
            writeReadable((Model) model, files);
        }
    }

    /**
     * Reads a generator of ours and checks that its weights are those it was described with.
     *
     * @throws ModelFormatException where the folder holds another version, other tensors, or weights that were changed
     * @throws IOException where a file is absent or cannot be read
     */
    public static Model read(ModelFiles files) throws IOException {
        return readOurs(description(files), files);
    }

    /**
     * Reads a generator of ours or somebody's network.
     *
     * @throws ModelFormatException as {@link #read} does, and where the network has tensors in other files
     * @throws IOException where a file is absent or cannot be read
     */
    public static StylizingModel readAny(ModelFiles files) throws IOException {
        DescriptionFields description = description(files);
        if (!description.text("architecture.kind").equals(ForeignModel.KIND)) {
            return readOurs(description, files);
        }
        return unchanged(
                ForeignDescription.read(description, OnnxFile.readWhole(files, ONNX), origin(description)),
                description,
                files);
    }

    private static DescriptionFields description(ModelFiles files) throws IOException {
        DescriptionFields description = new DescriptionFields(parse(files), files.location() + "/" + DESCRIPTION);
        description.expect("format", FORMAT);
        description.expect("format-version", Integer.toString(Model.FORMAT_VERSION));
        return description;
    }

    private static Model readOurs(DescriptionFields description, ModelFiles files) throws IOException {
        description.expect("architecture.kind", Model.KIND);
        description.expect("input.channel-order", Model.CHANNEL_ORDER);
        description.expect("input.layout", Model.LAYOUT);
        description.expect("input.value-range.0", Double.toString(Model.LOWEST_VALUE));
        description.expect("input.value-range.1", Double.toString(Model.HIGHEST_VALUE));
        description.expect("input.size-multiple", Integer.toString(GeneratorArchitecture.SIZE_MULTIPLE));
        GeneratorArchitecture architecture = architecture(description);
        ModelOrigin origin = origin(description);
        Tensors tensors = SafetensorsFile.read(files, WEIGHTS).tensors();
        Optional<String> misfit = GeneratorParameters.misfit(architecture, tensors);
        if (misfit.isPresent()) {
            throw new ModelFormatException("Cannot read %s/%s: %s".formatted(files.location(), WEIGHTS, misfit.get()));
        }
        return unchanged(new Model(architecture, tensors, origin), description, files);
    }

    private static <M extends StylizingModel> M unchanged(M model, DescriptionFields description, ModelFiles files)
            throws ModelFormatException {
        if (!model.fingerprint().equals(description.text("fingerprint"))) {
            throw new ModelFormatException(
                    "Cannot read model %s: its fingerprint is %s, %s says %s (write or import it anew)"
                            .formatted(
                                    files.location(),
                                    model.fingerprint(),
                                    DESCRIPTION,
                                    description.text("fingerprint")));
        }
        return model;
    }

    private static ObjectNode describe(Model model) {
        GeneratorArchitecture architecture = model.architecture();
        ObjectNode json = described(model);
        json.putObject("architecture")
                .put("kind", Model.KIND)
                .put("width", architecture.width())
                .put("residual-blocks", architecture.residualBlocks())
                .put("padding", architecture.padding().code())
                .put("upsampling", architecture.upsampling().code())
                .put("norm-epsilon", architecture.normEpsilon())
                .put("parameters", model.tensors().parameters());
        json.putObject("input")
                .put("channel-order", Model.CHANNEL_ORDER)
                .put("layout", Model.LAYOUT)
                .put("size-multiple", GeneratorArchitecture.SIZE_MULTIPLE)
                .putArray("value-range")
                .add(Model.LOWEST_VALUE)
                .add(Model.HIGHEST_VALUE);
        return json;
    }

    /** What is said of every model. */
    private static ObjectNode described(StylizingModel model) {
        ModelOrigin origin = model.origin();
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("format-version", Model.FORMAT_VERSION)
                .put("fingerprint", model.fingerprint())
                .put("title", origin.title())
                .put("source", origin.source())
                .put("licence", origin.licence());
        json.putObject("origin")
                .put("making", origin.making().code())
                .put("run-id", origin.runId())
                .put("settings-fingerprint", origin.settingsFingerprint());
        return json;
    }

    private static JsonNode parse(ModelFiles files) throws IOException {
        byte[] bytes = files.read(DESCRIPTION, MAX_DESCRIPTION_BYTES);
        try {
            return JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new ModelFormatException(
                    "Cannot read %s/%s: %s".formatted(files.location(), DESCRIPTION, e.getOriginalMessage()), e);
        }
    }

    private static GeneratorArchitecture architecture(DescriptionFields description) throws ModelFormatException {
        try {
            return new GeneratorArchitecture(
                    Integer.parseInt(description.text("architecture.width")),
                    Integer.parseInt(description.text("architecture.residual-blocks")),
                    Padding.of(description.text("architecture.padding")),
                    Upsampling.of(description.text("architecture.upsampling", Upsampling.TRANSPOSED.code())),
                    Double.parseDouble(description.text("architecture.norm-epsilon")));
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException("Cannot read %s: %s".formatted(description.file(), e.getMessage()), e);
        }
    }

    private static ModelOrigin origin(DescriptionFields description) throws ModelFormatException {
        String making = description.text("origin.making");
        return new ModelOrigin(
                Stream.of(Making.values())
                        .filter(known -> known.code().equals(making))
                        .findFirst()
                        .orElseThrow(() -> new ModelFormatException(
                                "Cannot read %s: origin.making %s".formatted(description.file(), making))),
                description.text("title"),
                description.text("source"),
                description.text("licence"),
                description.text("origin.run-id"),
                description.text("origin.settings-fingerprint"));
    }
}
