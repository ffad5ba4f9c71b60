package io.toonlake.averaging;

import io.toonlake.averaging.TrainingSample.Kind;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.training.Batch;
import io.toonlake.training.BatchSampler;
import io.toonlake.training.CartoonGanPlan;
import io.toonlake.training.DivergedException;
import io.toonlake.training.Draw;
import io.toonlake.training.LocalTrainer;
import io.toonlake.training.TrainingSettings;
import io.toonlake.training.TrainingState;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A worker's networks and pictures, kept between rounds. */
final class GanWorker implements LocalWorker {
    private final TrainingSettings settings;
    private final int worker;
    private final FeatureExtractor features;
    private final LocalTrainer trainer;
    private final BatchSampler sampler;
    private final Map<String, DecodedPictures> pictures = new HashMap<>();

    GanWorker(
            TrainingSettings settings,
            int worker,
            int threads,
            FeatureExtractor features,
            Map<Kind, List<TrainingSample>> samples) {
        NativeThreads.hold(threads);
        this.settings = settings;
        this.worker = worker;
        this.features = features;
        this.trainer = new LocalTrainer(new CartoonGanPlan(settings, features));
        this.sampler = new BatchSampler(settings);
        samples.forEach((kind, ofKind) -> pictures.put(kind.domain().name(), new DecodedPictures(ofKind)));
    }

    @Override
    public LocalResult run(Round round, float[] state) {
        trainer.load(new TrainingState(trainer.layout(), state), round.stepsBefore());
        Map<String, Double> losses = new LinkedHashMap<>();
        try {
            for (int step = 0; step < round.steps(); step++) {
                // Draws count rounds from 0.
                Draw draw = new Draw(settings.seed(), round.number() - 1, worker, step);
                try (Batch batch = sampler.batch(trainer.domains(round.phase()), pictures, draw)) {
                    trainer.step(round.phase(), batch)
                            .byName()
                            .forEach((name, loss) -> losses.merge(name, loss / round.steps(), Double::sum));
                }
            }
        } catch (DivergedException e) {
            return LocalResult.diverged(state, e.getMessage());
        }
        return LocalResult.of(trainer.state().values(), (long) round.steps() * settings.batchSize(), losses);
    }

    @Override
    public void close() {
        trainer.close();
        features.close();
        pictures.values().forEach(DecodedPictures::close);
        NativeThreads.release();
    }
}
