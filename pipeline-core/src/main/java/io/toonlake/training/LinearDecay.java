package io.toonlake.training;

import java.io.Serializable;

/**
 * How a learning rate falls within a phase: constant at first, then in a straight line that would reach 0 at the phase's end.
 *
 * @param constantSteps steps at the full rate
 * @param decaySteps steps over which it falls; 0 if it never does
 */
public record LinearDecay(int constantSteps, int decaySteps) implements Serializable {
    /** The full rate throughout. */
    public static final LinearDecay NONE = new LinearDecay(0, 0);

    public LinearDecay {
        if (constantSteps < 0 || decaySteps < 0) {
            throw new IllegalArgumentException(
                    "Invalid decay: %d, %d (must be >= 0)".formatted(constantSteps, decaySteps));
        }
    }

    /**
     * The decay over a phase.
     *
     * @param steps of the phase
     * @param from the part of the phase after which the rate falls, 0 to 1; 1 for never
     */
    public static LinearDecay over(int steps, double from) {
        if (!(from >= 0 && from <= 1)) {
            throw new IllegalArgumentException("Invalid start of decay: %s (must be in [0, 1])".formatted(from));
        }
        int constant = (int) Math.round(steps * from);
        return constant == steps ? NONE : new LinearDecay(constant, steps - constant);
    }

    /**
     * What the rate is multiplied by, in (0, 1].
     *
     * @param step within the phase, from 0; past the phase's planned end the last step's factor holds
     */
    public double factor(int step) {
        if (decaySteps == 0 || step < constantSteps) {
            return 1;
        }
        int fallen = Math.min(step - constantSteps, decaySteps - 1);
        return 1 - (double) fallen / decaySteps;
    }
}
