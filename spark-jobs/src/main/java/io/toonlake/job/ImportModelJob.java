package io.toonlake.job;

import io.toonlake.averaging.Checkpoint;
import io.toonlake.model.Model;
import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFolder;
import io.toonlake.model.ModelFormatException;
import io.toonlake.model.ModelOrigin;
import io.toonlake.model.OnnxGenerator;
import io.toonlake.model.PublishedWeights;
import io.toonlake.model.Tensors;
import io.toonlake.network.Padding;
import io.toonlake.storage.HadoopModelFiles;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.stylize.ModelExport;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a model from weights or an ONNX file that others published, or from a checkpoint of a training. */
@Command(
        name = "import-model",
        header =
                "Makes a model from published CartoonGAN weights, from anybody's ONNX file, or from a training's checkpoint.",
        description = {
            "",
            "Reads one .npy file a tensor from a folder, or a .safetensors file, with the names of the published weights "
                    + "(conv01_1.weight, in01_1.scale, deconv01_1.weight ...). Width and number of residual blocks are read from "
                    + "the tensors.",
            "",
            "Of a checkpoint that train has left it takes the generator as it was after that round. All that the model needs is in the "
                    + "checkpoint: --padding and --norm-epsilon have no say.",
            "",
            "With --onnx it takes any network that makes a picture of a picture, such as AnimeGAN's. What its file says is read from it "
                    + "(layout, type of numbers, fixed sizes); sizes that it takes are found by trying; --channel-order and --input-range "
                    + "have to be told. A small picture is made to see that all of this is right.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  toonlake import-model --weights ~/cartoongan/hayao --output models/hayao",
            "  toonlake import-model --weights models/mine/checkpoints/round-0000300.safetensors --output models/mine-300",
            "  toonlake import-model --onnx AnimeGANv2_Hayao.onnx --channel-order RGB --input-range -1..1 --output models/animegan"
        })
final class ImportModelJob extends Job {
    @Option(
            names = "--weights",
            paramLabel = "DIR_OR_FILE",
            description = "Folder of .npy files, or a .safetensors file: weights or a checkpoint.")
    private String weights;

    @Option(
            names = "--onnx",
            paramLabel = "FILE",
            description =
                    "An ONNX file, in place of --weights. Data that it has in other files is taken from beside it.")
    private String onnx;

    @Mixin
    private OnnxOptions onnxOptions;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "MODEL_DIR",
            description = "Folder for the model; made if missing.")
    private String output;

    @Option(
            names = "--padding",
            paramLabel = "zero|reflect",
            defaultValue = "zero",
            description =
                    "Border of the strided, paired and up convolutions: zero as in the authors' code (default), or reflect as in "
                            + "a TensorFlow port. The two differ near the picture's edge only.")
    private String padding;

    @Option(
            names = "--norm-epsilon",
            defaultValue = "" + PublishedWeights.NORM_EPSILON,
            paramLabel = "E",
            description =
                    "Added to the variance in instance normalization. Default: ${DEFAULT-VALUE}, as the published ports have "
                            + "it; the authors' Torch code has 1e-5.")
    private double normEpsilon;

    @Option(names = "--title", paramLabel = "TEXT", defaultValue = "", description = "What the style is, for reports.")
    private String title;

    @Option(
            names = "--licence",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "The licence of the weights, as their authors state it.")
    private String licence;

    @Option(
            names = "--source",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Where the weights came from, for the record.")
    private String source;

    @Option(
            names = "--tables",
            paramLabel = "URI",
            description = "Where table runs is. Default: _toonlake in the output folder.")
    private String tables;

    @Override
    String tables() {
        return tables == null ? new Path(output, "_toonlake").toString() : tables;
    }

    @Override
    JobResult execute(JobContext context) throws IOException {
        if ((weights == null) == (onnx == null)) {
            throw new UsageException("Invalid command line: name what to import, with either --weights or --onnx"
                    + (onnx == null ? "" : ", not both"));
        }
        if (onnx != null) {
            return new OnnxImport(context, onnx, onnxOptions.told(), output).result(this::origin);
        }
        onnxOptions.refuse();
        if (weights.endsWith(".onnx")) {
            throw new UsageException("Invalid --weights: " + weights + " (an ONNX file is imported with --onnx)");
        }
        Padding border = padding();
        if (!(normEpsilon > 0 && normEpsilon < 1)) {
            throw new UsageException("Invalid --norm-epsilon: " + normEpsilon + " (must be above 0 and below 1)");
        }
        Path from = context.storage().qualified(weights);
        Optional<Checkpoint> checkpoint = checkpoint(context, from);
        Model model = checkpoint.isPresent()
                ? checkpoint
                        .get()
                        .generator(origin(
                                checkpoint.get().identity().getOrDefault("cartoons", from.getName()),
                                madeBy(checkpoint.get())))
                : PublishedWeights.toModel(
                        tensors(context, from), border, normEpsilon, origin(from.getName(), Storage.shown(from)));

        ModelFiles files =
                new HadoopModelFiles(context.storage(), context.storage().qualified(output));
        boolean unchanged = isThere(model, files);
        if (!unchanged) {
            ModelExport.write(model, files);
        }
        String message =
                (unchanged ? "model is there already: " : "model written: ") + files.location() + " (" + model + ")";
        Map<String, String> fingerprints = new LinkedHashMap<>();
        fingerprints.put("model", model.fingerprint());
        checkpoint
                .map(training -> training.identity().get("features"))
                .ifPresent(features -> fingerprints.put(ContentFeatures.FINGERPRINT, features));
        return new JobResult(unchanged ? Counts.of(0, 1) : Counts.of(1, 0), fingerprints, message);
    }

    private ModelOrigin origin(String otherwiseTitle, String otherwiseSource) {
        return ModelOrigin.imported(
                title.isEmpty() ? otherwiseTitle : title,
                source.isEmpty() ? otherwiseSource : source,
                licence.isEmpty() ? "unknown" : licence);
    }

    private static String madeBy(Checkpoint checkpoint) {
        Map<String, String> identity = checkpoint.identity();
        return String.format(
                "checkpoint of round %d of training %s: %s and %s, content loss on %s features",
                checkpoint.round(),
                checkpoint.training(),
                identity.get("photos"),
                identity.get("cartoons"),
                identity.get("train.content.features"));
    }

    /** The checkpoint that --weights names; empty where it names anything else. */
    private Optional<Checkpoint> checkpoint(JobContext context, Path from) {
        try {
            FileSystem fileSystem = context.storage().fileSystem(from);
            if (!from.getName().endsWith(".safetensors")
                    || !fileSystem.exists(from)
                    || !fileSystem.getFileStatus(from).isFile()) {
                return Optional.empty();
            }
            return Checkpoint.ifOne(context.storage().read(from, Checkpoint.MAX_BYTES), Storage.shown(from));
        } catch (ModelFormatException e) {
            throw new UsageException("Invalid --weights: " + weights + " (" + e.getMessage() + ")");
        } catch (IOException e) {
            throw new UnreachableException("Cannot read --weights " + weights + ": " + Storage.reason(e), e);
        }
    }

    private Padding padding() {
        try {
            return Padding.of(padding);
        } catch (IllegalArgumentException e) {
            throw new UsageException("Invalid --padding: " + padding + " (must be zero or reflect)");
        }
    }

    private Tensors tensors(JobContext context, Path from) {
        try {
            FileSystem fileSystem = context.storage().fileSystem(from);
            if (!fileSystem.exists(from)) {
                throw new UnreachableException("Cannot read --weights " + weights + ": no such file or folder");
            }
            return HadoopModelFiles.tensors(context.storage(), from).readAll();
        } catch (ModelFormatException e) {
            throw new UsageException("Invalid --weights: " + weights + " (" + e.getMessage() + ")");
        } catch (IOException e) {
            throw new UnreachableException("Cannot read --weights " + weights + ": " + Storage.reason(e), e);
        }
    }

    /** The same weights under another title are written anew; the same in every respect are left alone. */
    private static boolean isThere(Model model, ModelFiles files) {
        try {
            Model there = ModelFolder.read(files);
            return there.fingerprint().equals(model.fingerprint())
                    && there.origin().equals(model.origin())
                    && files.names().contains(ModelFolder.ONNX)
                    && Arrays.equals(files.read(ModelFolder.ONNX, Integer.MAX_VALUE), OnnxGenerator.of(model));
        } catch (IOException e) {
            return false;
        }
    }
}
