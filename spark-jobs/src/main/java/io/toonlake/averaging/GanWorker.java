package io.toonlake.averaging;

import io.toonlake.averaging.TrainingSample.Kind;
import io.toonlake.image.PixelImage;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.training.BatchSampler;
import io.toonlake.training.DivergedException;
import io.toonlake.training.Draw;
import io.toonlake.training.LocalTrainer;
import io.toonlake.training.Phase;
import io.toonlake.training.StepLosses;
import io.toonlake.training.TrainingSettings;
import io.toonlake.training.TrainingState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A worker's networks and pictures, kept between rounds. */
final class GanWorker implements LocalWorker {
    private final TrainingSettings settings;
    private final int worker;
    private final FeatureExtractor features;
    private final LocalTrainer trainer;
    private final BatchSampler sampler;
    private final DecodedPictures photos;
    private final DecodedPictures cartoons;
    private final DecodedPictures edgeSmoothed;

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
        this.trainer = new LocalTrainer(settings, features);
        this.sampler = new BatchSampler(settings);
        this.photos = new DecodedPictures(samples.get(Kind.PHOTO));
        this.cartoons = new DecodedPictures(samples.get(Kind.CARTOON));
        this.edgeSmoothed = new DecodedPictures(samples.get(Kind.EDGE_SMOOTHED));
    }

    @Override
    public LocalResult run(Round round, float[] state) {
        trainer.load(new TrainingState(trainer.layout(), state), round.stepsBefore());
        Map<String, Double> losses = new LinkedHashMap<>();
        try {
            for (int step = 0; step < round.steps(); step++) {
                // Draws count rounds from 0.
                Draw draw = new Draw(settings.seed(), round.number() - 1, worker, step);
                named(round.phase(), step(round.phase(), draw))
                        .forEach((name, loss) -> losses.merge(name, loss / round.steps(), Double::sum));
            }
        } catch (DivergedException e) {
            return LocalResult.diverged(state, e.getMessage());
        }
        return LocalResult.of(trainer.state().values(), (long) round.steps() * settings.batchSize(), losses);
    }

    private StepLosses step(Phase phase, Draw draw) {
        try (INDArray photo = sampler.photos(photos, draw)) {
            if (!phase.usesDiscriminator()) {
                return trainer.step(phase, photo, null, null);
            }
            List<PixelImage> twins = settings.edgeTerm() ? edgeSmoothed : cartoons;
            try (BatchSampler.Cartoons batch = sampler.cartoons(cartoons, twins, draw)) {
                return trainer.step(phase, photo, batch.cartoon(), batch.edgeSmoothed());
            }
        }
    }

    /** The losses that the phase has, by the columns of table {@code rounds}. */
    private Map<String, Double> named(Phase phase, StepLosses losses) {
        Map<String, Double> named = new LinkedHashMap<>();
        named.put("content", losses.content());
        if (phase.usesDiscriminator()) {
            named.put("generator_adversarial", losses.generatorAdversarial());
            named.put("discriminator_real", losses.discriminatorReal());
            if (settings.edgeTerm()) {
                named.put("discriminator_edge", losses.discriminatorEdge());
            }
            named.put("discriminator_fake", losses.discriminatorFake());
        }
        return named;
    }

    @Override
    public void close() {
        trainer.close();
        features.close();
        photos.close();
        cartoons.close();
        edgeSmoothed.close();
        NativeThreads.release();
    }
}
