package io.toonlake.training;

/** A loss is no longer a number: training from here on would only spread it. */
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DivergedException(Phase phase, int step, String loss, double value) {
        super("Cannot go on training: the %s loss is %s at step %d of the %s phase"
                .formatted(loss, value, step, phase.code()));
    }
}
