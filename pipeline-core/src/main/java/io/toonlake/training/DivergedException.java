package io.toonlake.training;

/** A loss is no longer a number: training from here on would only spread it. */
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * @param step from 1, within the phase or the round, as the plan counts
     * @param loss its name
     * @param value what it is: infinite, or not a number
     */
    public DivergedException(Phase phase, int step, String loss, double value) {
        super("Cannot go on training: the %s loss is %s at step %d of the %s phase"
                .formatted(loss, value, step, phase.code()));
    }
}
