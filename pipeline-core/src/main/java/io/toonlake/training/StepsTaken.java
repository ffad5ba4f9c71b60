package io.toonlake.training;

/**
 * How many steps a state has behind it, by phase. Adam corrects its young moments by their age, so this belongs to the state.
 *
 * @param initialization steps of the initialization phase
 * @param adversarial steps of the adversarial phase
 */
public record StepsTaken(int initialization, int adversarial) {
    /** Nothing trained yet. */
    public static final StepsTaken NONE = new StepsTaken(0, 0);

    public StepsTaken {
        if (initialization < 0 || adversarial < 0) {
            throw new IllegalArgumentException(
                    "Invalid steps taken: %d, %d (must be >= 0)".formatted(initialization, adversarial));
        }
    }

    /** With that many more steps in the phase. */
    public StepsTaken plus(Phase phase, int steps) {
        return phase == Phase.INITIALIZATION
                ? new StepsTaken(initialization + steps, adversarial)
                : new StepsTaken(initialization, adversarial + steps);
    }

    /** Steps in that phase. */
    public int in(Phase phase) {
        return phase == Phase.INITIALIZATION ? initialization : adversarial;
    }

    /** Steps in both phases. */
    public int total() {
        return initialization + adversarial;
    }
}
