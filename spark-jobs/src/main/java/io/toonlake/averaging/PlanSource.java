package io.toonlake.averaging;

import io.toonlake.network.FeatureExtractor;
import io.toonlake.training.CartoonGanPlan;
import io.toonlake.training.TrainingPlan;
import io.toonlake.training.TrainingSettings;
import java.io.Serializable;

/** The method that workers train: opens its plan, at the weights that the settings' seed draws, wherever a worker is. */
@FunctionalInterface
public interface PlanSource extends Serializable {
    /** Chen, Lai, Liu, CVPR 2018. */
    PlanSource CARTOON_GAN = CartoonGanPlan::new;

    /** @param features stay the caller's; null for a plan of which only the initial weights are asked */
    TrainingPlan open(TrainingSettings settings, FeatureExtractor features);
}
