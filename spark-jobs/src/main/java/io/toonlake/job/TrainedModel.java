package io.toonlake.job;

import io.toonlake.model.Model;
import io.toonlake.model.ModelFolder;
import io.toonlake.model.ModelOrigin;
import io.toonlake.model.Tensor;
import io.toonlake.model.Tensors;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Network;
import io.toonlake.storage.HadoopModelFiles;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.training.TrainingState;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The model that a training leaves in its output folder. */
record TrainedModel(Storage storage, Path folder) {
    /** The model that is there already. */
    Optional<Model> read() {
        try {
            if (!storage.fileSystem(folder).exists(new Path(folder, ModelFolder.DESCRIPTION))) {
                return Optional.empty();
            }
            return Optional.of(ModelFolder.read(new HadoopModelFiles(storage, folder)));
        } catch (IOException e) {
            throw new UnreachableException(
                    "Cannot read the model in --output: " + e.getMessage() + " (replace it with --restart)", e);
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
        Model model = new Model(architecture, tensors(architecture, trained.segment("generator")), origin);
        try {
            ModelFolder.write(model, new HadoopModelFiles(storage, folder));
        } catch (IOException e) {
            throw new UnreachableException("Cannot write the model to --output: " + e.getMessage(), e);
        }
        return model;
    }

    private static Tensors tensors(GeneratorArchitecture architecture, float[] parameters) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (Network generator = architecture.build(DataType.FLOAT, 0);
                INDArray flat = Nd4j.createFromArray(parameters)) {
            generator.flatParameters().assign(flat);
            generator.parameters().forEach((name, view) -> {
                int[] shape = java.util.Arrays.stream(view.shape())
                        .mapToInt(Math::toIntExact)
                        .toArray();
                try (INDArray copy = view.dup('c')) {
                    tensors.put(name, Tensor.of(copy.data().asFloat(), shape));
                }
            });
        }
        return new Tensors(tensors);
    }
}
