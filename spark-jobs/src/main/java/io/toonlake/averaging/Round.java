package io.toonlake.averaging;

import io.toonlake.training.Phase;
import io.toonlake.training.StepsTaken;
import java.io.Serializable;

/**
 * One round, as every worker is told it.
 *
 * @param number from 1 on, through both phases; randomness comes from it
 * @param initializationSteps that each worker's state has behind it: Adam's bias correction goes on from there
 * @param adversarialSteps likewise
 * @param steps local steps to take
 */
public record Round(int number, Phase phase, int initializationSteps, int adversarialSteps, int steps)
        implements Serializable {
    public StepsTaken stepsBefore() {
        return new StepsTaken(initializationSteps, adversarialSteps);
    }

    public StepsTaken stepsAfter() {
        return stepsBefore().plus(phase, steps);
    }
}
