package io.toonlake.job;

import io.toonlake.model.ForeignModel;
import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFolder;
import io.toonlake.model.ModelFormatException;
import io.toonlake.model.ModelOrigin;
import io.toonlake.model.OnnxFile;
import io.toonlake.storage.HadoopModelFiles;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.stylize.EngineKind;
import io.toonlake.stylize.ForeignImport;
import io.toonlake.stylize.ToldConvention;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The part of {@code import-model} that makes a model of an ONNX file. */
record OnnxImport(JobContext context, String onnx, ToldConvention told, String output) {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxImport.class);

    /** @param origins gives the origin for a title and a source, where nobody told others */
    JobResult result(BiFunction<String, String, ModelOrigin> origins) throws IOException {
        Path from = context.storage().qualified(onnx);
        byte[] bytes = read(from);
        ForeignModel model =
                imported(bytes, origins.apply(from.getName().replaceFirst("\\.onnx$", ""), Storage.shown(from)));
        ModelFiles files =
                new HadoopModelFiles(context.storage(), context.storage().qualified(output));
        Optional<ForeignModel> there = there(model, files);
        if (there.isEmpty()) {
            ModelFolder.write(model, files);
        }
        ForeignModel written = there.orElse(model);
        String message = String.format(
                Locale.ROOT,
                "%s: %s (%s; %,d bytes of memory a pixel: photos up to %.1f megapixels in stylize.engine-memory)",
                there.isPresent() ? "model is there already" : "model written",
                files.location(),
                written,
                written.bytesPerPixel(),
                megapixels(written));
        return new JobResult(
                there.isPresent() ? Counts.of(0, 1) : Counts.of(1, 0), Map.of("model", written.fingerprint()), message);
    }

    private byte[] read(Path from) {
        try {
            FileSystem fileSystem = context.storage().fileSystem(from);
            if (!fileSystem.exists(from) || !fileSystem.getFileStatus(from).isFile()) {
                throw new UnreachableException("Cannot read --onnx " + onnx + ": no such file");
            }
            return OnnxFile.read(new HadoopModelFiles(context.storage(), from.getParent()), from.getName());
        } catch (ModelFormatException e) {
            throw new UsageException("Invalid --onnx: " + onnx + " (" + e.getMessage() + ")");
        } catch (IOException e) {
            throw new UnreachableException("Cannot read --onnx " + onnx + ": " + Storage.reason(e), e);
        }
    }

    private ForeignModel imported(byte[] bytes, ModelOrigin origin) {
        int set = context.settings().stylize().engineThreads();
        int threads = set > 0 ? set : context.sparkContext().defaultParallelism();
        try {
            ForeignImport.Imported imported = ForeignImport.of(bytes, told, origin, threads);
            imported.warnings().forEach(LOG::warn);
            return imported.model();
        } catch (ModelFormatException e) {
            throw new UsageException("Invalid --onnx: " + onnx + " (" + e.getMessage() + ")");
        } catch (LinkageError e) {
            throw new UsageException("Cannot import --onnx " + onnx
                    + ": ONNX Runtime, without which other people's models do not run, does not load here (" + e + ")");
        }
    }

    /** Of the largest photo that will be made, by {@link SharedStylizer}'s rule. */
    private double megapixels(ForeignModel model) {
        return EngineKind.mostForeignPixels(model, context.settings().stylize().engineMemoryBytes()) / 1e6;
    }

    /** The same model, which keeps what it was measured to take unless somebody told it now. */
    private Optional<ForeignModel> there(ForeignModel model, ModelFiles files) {
        try {
            return ModelFolder.readAny(files) instanceof ForeignModel there
                            && there.fingerprint().equals(model.fingerprint())
                            && there.origin().equals(model.origin())
                            && (told.bytesPerPixel().isEmpty() || there.bytesPerPixel() == model.bytesPerPixel())
                    ? Optional.of(there)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
