package io.toonlake.averaging;

import io.toonlake.averaging.TrainingSample.Kind;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.training.Batch;
import io.toonlake.training.BatchSampler;
import io.toonlake.training.DivergedException;
import io.toonlake.training.Domain;
import io.toonlake.training.Draw;
import io.toonlake.training.LocalTrainer;
import io.toonlake.training.TrainingSettings;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** A worker's networks and pictures, kept between rounds. */
final class GanWorker implements LocalWorker {
    private final TrainingSettings settings;
    private final int worker;
    private final int threads;
    private final TaskDevice device;
    private final FeatureExtractor features;
    private final LocalTrainer trainer;
    private final BatchSampler sampler;
    private final Map<String, DecodedPictures> pictures = new HashMap<>();

    private Round round;
    private int taken;
    private Map<String, Double> losses = Map.of();
    private String divergence;

    GanWorker(
            PlanSource plans,
            TrainingSettings settings,
            int worker,
            int threads,
            TaskDevice device,
            FeatureExtractor features,
            Map<Kind, List<TrainingSample>> samples) {
        this.settings = settings;
        this.worker = worker;
        this.threads = threads;
        this.device = device;
        this.features = features;
        this.trainer = NativeThreads.with(threads, () -> new LocalTrainer(plans.open(settings, features)));
        this.sampler = new BatchSampler(settings);
        samples.forEach((kind, ofKind) -> pictures.put(kind.domain().name(), new DecodedPictures(ofKind)));
    }

    @Override
    public ComputationGraph load(Round next, FloatBuffer state) {
        device.take();
        NativeThreads.with(threads, () -> {
            trainer.load(state, next.stepsBefore());
            return trainer;
        });
        round = next;
        taken = 0;
        losses = new LinkedHashMap<>();
        divergence = null;
        return trainer.generator().graph();
    }

    private List<Domain> domains() {
        return trainer.domains(round.phase());
    }

    private Draw draw(int step) {
        // Draws count rounds from 0.
        return new Draw(settings.seed(), round.number() - 1, worker, step);
    }

    /** The features are the phase's domains, in the plan's order. */
    @Override
    public MultiDataSet batch(int step) {
        Map<String, INDArray> batch;
        try {
            batch = NativeThreads.with(
                    threads,
                    () -> sampler.batch(domains(), pictures, draw(step)).pictures());
        } catch (OutOfMemoryError e) {
            throw explained(e, settings);
        }
        return new org.nd4j.linalg.dataset.MultiDataSet(
                domains().stream().map(domain -> batch.get(domain.name())).toArray(INDArray[]::new), new INDArray[0]);
    }

    @Override
    public void step(MultiDataSet batch) {
        if (divergence != null) {
            return;
        }
        Map<String, INDArray> byDomain = new HashMap<>();
        for (int i = 0; i < domains().size(); i++) {
            byDomain.put(domains().get(i).name(), batch.getFeatures(i));
        }
        try {
            // The arrays stay the caller's: this batch is not closed.
            Batch arrays = new Batch(byDomain, draw(taken));
            NativeThreads.with(threads, () -> trainer.step(round.phase(), arrays))
                    .byName()
                    .forEach((name, loss) -> losses.merge(name, loss, Double::sum));
            taken++;
        } catch (DivergedException e) {
            divergence = e.getMessage();
        } catch (OutOfMemoryError e) {
            throw explained(e, settings);
        }
    }

    /**
     * Where memory beside the heap was refused, by JavaCPP's bound as a rule, the process is as well as before, and need not end by Spark's rule for such errors,
     * which names neither the bound nor what to change.
     *
     * @throws OutOfMemoryError the same, where it is of the heap
     */
    static RuntimeException explained(OutOfMemoryError error, TrainingSettings settings) {
        if (error.getMessage() == null || !error.getMessage().contains("physicalBytes")) {
            throw error;
        }
        return new IllegalStateException(
                "Cannot take a training step: there is not enough memory beside the heap ("
                        + error.getMessage()
                        + "); lower train.batch-size (" + settings.batchSize() + ") or train.crop-pixels ("
                        + settings.cropPixels()
                        + "), have fewer workers side by side, or allow more: TOONLAKE_MEMORY on one machine, "
                        + "spark.executor.memoryOverhead on a cluster",
                error);
    }

    @Override
    public LocalResult result() {
        float[] state = trainer.state().values();
        if (divergence != null) {
            return LocalResult.diverged(state, divergence);
        }
        losses.replaceAll((name, sum) -> sum / taken);
        return LocalResult.of(state, (long) taken * settings.batchSize(), losses);
    }

    @Override
    public void close() {
        // In whichever thread: memory is freed on the device that it was taken of.
        device.take();
        trainer.close();
        features.close();
        pictures.values().forEach(DecodedPictures::close);
    }
}
