package io.toonlake.averaging;

import io.toonlake.averaging.TrainingSample.Kind;
import io.toonlake.training.CartoonGanPlan;
import io.toonlake.training.TrainingSettings;
import io.toonlake.training.TrainingState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Workers that train CartoonGAN.
 *
 * @param threads that one worker's networks compute with; another number rounds sums otherwise
 */
public record GanWorkers(TrainingSettings settings, FeatureSource features, int threads)
        implements LocalWorkers<TrainingSample> {
    /** The state that training starts from: weights drawn from the settings' seed. */
    public TrainingState initialState() {
        return CartoonGanPlan.initialState(settings);
    }

    @Override
    public LocalWorker open(int worker, Iterator<TrainingSample> share) {
        Map<Kind, List<TrainingSample>> samples = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            samples.put(kind, new ArrayList<>());
        }
        share.forEachRemaining(sample -> samples.get(sample.kind()).add(sample));
        return new GanWorker(settings, worker, threads, features.open(), samples);
    }
}
