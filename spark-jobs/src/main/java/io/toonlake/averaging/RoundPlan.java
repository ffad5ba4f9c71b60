package io.toonlake.averaging;

import io.toonlake.training.Phase;

/**
 * Which rounds there are: first those of the initialization phase, then the adversarial ones.
 *
 * @param stepsPerRound local steps of every worker between two averages
 */
public record RoundPlan(int initializationRounds, int adversarialRounds, int stepsPerRound) {
    public int rounds() {
        return initializationRounds + adversarialRounds;
    }

    /** Round {@code number}, from 1 to {@link #rounds()}. */
    public Round round(int number) {
        if (number < 1 || number > rounds()) {
            throw new IllegalArgumentException(
                    "Invalid round: " + number + " (must be between 1 and " + rounds() + ")");
        }
        int before = number - 1;
        int initialization = Math.min(before, initializationRounds);
        return new Round(
                number,
                number <= initializationRounds ? Phase.INITIALIZATION : Phase.ADVERSARIAL,
                Math.multiplyExact(initialization, stepsPerRound),
                Math.multiplyExact(before - initialization, stepsPerRound),
                stepsPerRound);
    }
}
