package io.toonlake.job;

import io.toonlake.averaging.GanWorkers;
import io.toonlake.model.Model;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.storage.HadoopModelFiles;
import io.toonlake.training.GeneratorWeights;
import io.toonlake.training.TrainingState;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** What a training's generator starts from: a model's weights, or what is drawn from the seed. */
record InitialGenerator(Optional<Model> model, String folder) {
    static InitialGenerator drawn() {
        return new InitialGenerator(Optional.empty(), "");
    }

    /** @param output of the training, which may not lie where its beginning does */
    static InitialGenerator read(JobContext context, String folder, String output) {
        Path place = context.storage().qualified(folder);
        if (place.equals(context.storage().qualified(output))) {
            throw new UsageException("Invalid --from: " + folder + " (it is --output; train into another folder)");
        }
        try {
            return new InitialGenerator(
                    Optional.of(ForeignModels.ours(
                            new HadoopModelFiles(context.storage(), place), "--from", folder, "train")),
                    folder);
        } catch (IOException e) {
            throw JobContext.unreadableModel("--from", folder, e);
        }
    }

    /** Why this model cannot begin a training of such generators. */
    Optional<String> problem(GeneratorArchitecture trained) {
        return model.filter(from -> !from.architecture().equals(trained))
                .map(from -> "Invalid --from: " + folder + " (its generator is " + from.architecture()
                        + ", train.generator says " + trained + "; set train.generator to the model's)");
    }

    /** Empty where the weights are drawn. */
    String fingerprint() {
        return model.map(Model::fingerprint).orElse("");
    }

    /** In words, for the trained model's description; empty where the weights are drawn. */
    String description() {
        return model.map(from -> "; begun from " + from.origin().title() + ", model "
                        + from.fingerprint().substring(0, 12))
                .orElse("");
    }

    /** The state before the first round. */
    TrainingState state(GanWorkers workers) {
        TrainingState drawn = workers.initialState();
        return model.map(from -> GeneratorWeights.into(from.architecture(), from.tensors(), drawn))
                .orElse(drawn);
    }
}
