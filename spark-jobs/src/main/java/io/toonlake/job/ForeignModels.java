package io.toonlake.job;

import io.toonlake.config.StylizeSettings;
import io.toonlake.model.ForeignModel;
import io.toonlake.model.Model;
import io.toonlake.model.ModelFolder;
import io.toonlake.model.StylizingModel;
import io.toonlake.storage.HadoopModelFiles;
import io.toonlake.stylize.EngineKind;
import io.toonlake.stylize.Precision;
import java.io.IOException;

/** What other people's models cannot do, said to whom asks for it. */
final class ForeignModels {
    private ForeignModels() {}

    /** @throws UsageException where the settings ask for what only generators of ours do */
    static void check(StylizingModel model, String folder, StylizeSettings settings) {
        if (!(model instanceof ForeignModel)) {
            return;
        }
        if (settings.engine() != EngineKind.ONNXRUNTIME) {
            throw new UsageException(
                    "Invalid stylize.engine: " + settings.engine().code() + " (model " + folder
                            + " is somebody's ONNX file, which runs on " + EngineKind.ONNXRUNTIME.code()
                            + " and whole; tiles and ND4J are for Toonlake's own generators)");
        }
        if (settings.precision() != Precision.FP32) {
            throw new UsageException(
                    "Invalid stylize.precision: " + settings.precision().code() + " (model " + folder
                            + " is somebody's ONNX file, which runs in the numbers that it has; others are for Toonlake's own generators)");
        }
    }

    /**
     * Reads a generator of ours.
     *
     * @param use what it is wanted for
     * @throws UsageException where the folder holds somebody else's model
     */
    static Model ours(HadoopModelFiles files, String option, String folder, String use) throws IOException {
        if (ModelFolder.readAny(files) instanceof Model model) {
            return model;
        }
        throw new UsageException(
                "Invalid " + option + ": " + folder + " (it is somebody's ONNX file, which only stylize runs; " + use
                        + " takes a generator that train wrote or import-model --weights)");
    }
}
