package io.toonlake.averaging;

import io.toonlake.averaging.TrainingSample.Kind;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.network.Network;
import io.toonlake.training.Learner;
import io.toonlake.training.LocalTrainer;
import io.toonlake.training.TrainingSettings;
import io.toonlake.training.TrainingState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Workers that train generators against discriminators, as a plan has it.
 *
 * @param plans the method; {@link PlanSource#CARTOON_GAN} where none is named
 * @param threads that one worker's networks compute with; another number rounds sums otherwise
 * @param device that they compute on
 */
public record GanWorkers(
        PlanSource plans, TrainingSettings settings, FeatureSource features, int threads, TaskDevice device)
        implements LocalWorkers<MultiDataSet> {
    /** Workers that train CartoonGAN. */
    public GanWorkers(TrainingSettings settings, FeatureSource features, int threads, TaskDevice device) {
        this(PlanSource.CARTOON_GAN, settings, features, threads, device);
    }

    /** Workers that train CartoonGAN on the CPU. */
    GanWorkers(TrainingSettings settings, FeatureSource features, int threads) {
        this(settings, features, threads, TaskDevice.CPU);
    }

    /** The state that training starts from: weights drawn from the settings' seed. */
    public TrainingState initialState() {
        try (LocalTrainer trainer = new LocalTrainer(plans.open(settings, null))) {
            return trainer.state();
        }
    }

    /** The network that becomes the model, the plan's first, for the driver. */
    Network generator() {
        List<Learner> learners = plans.open(settings, null).learners();
        learners.subList(1, learners.size()).forEach(Learner::close);
        return learners.get(0).detach();
    }

    @Override
    public LocalWorker open(int worker, Iterator<MultiDataSet> share) {
        device.take();
        Map<Kind, List<TrainingSample>> samples = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            samples.put(kind, new ArrayList<>());
        }
        share.forEachRemaining(element -> {
            TrainingSample sample = ((SampleDataSet) element).sample();
            samples.get(sample.kind()).add(sample);
        });
        FeatureExtractor opened = features.open();
        try {
            return new GanWorker(plans, settings, worker, threads, device, opened, samples);
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }
}
