package io.toonlake.job;

import io.toonlake.model.Model;
import io.toonlake.model.ModelFolder;
import io.toonlake.model.ModelFormatException;
import io.toonlake.model.ModelOrigin;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.storage.HadoopModelFiles;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.stylize.ModelExport;
import io.toonlake.training.GeneratorWeights;
import io.toonlake.training.TrainingState;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** The model that a training leaves in its output folder. */
record TrainedModel(Storage storage, Path folder) {
    /**
     * What is there already.
     *
     * @param damage why what is there is no model, which checkpoints may make again
     */
    record Found(Optional<Model> model, Optional<String> damage) {}

    Found read() {
        try {
            if (!storage.fileSystem(folder).exists(new Path(folder, ModelFolder.DESCRIPTION))) {
                return new Found(Optional.empty(), Optional.empty());
            }
            return new Found(Optional.of(ModelFolder.read(new HadoopModelFiles(storage, folder))), Optional.empty());
        } catch (ModelFormatException e) {
            return new Found(Optional.empty(), Optional.of(e.getMessage()));
        } catch (NoSuchFileException e) {
            return new Found(Optional.empty(), Optional.of("there is no " + e.getMessage()));
        } catch (IOException e) {
            throw new UnreachableException("Cannot read the model in --output: " + e.getMessage(), e);
        }
    }

    Model write(
            GeneratorArchitecture architecture,
            TrainingState trained,
            String training,
            String settingsFingerprint,
            String title,
            String source) {
        ModelOrigin origin = ModelOrigin.trained(title, source, "unknown", training, settingsFingerprint);
        Model model = new Model(architecture, GeneratorWeights.of(architecture, trained), origin);
        try {
            ModelExport.write(model, new HadoopModelFiles(storage, folder));
        } catch (IOException e) {
            throw new UnreachableException("Cannot write the model to --output: " + e.getMessage(), e);
        }
        return model;
    }
}
