package io.toonlake.averaging;

/** Is told, on the driver, of a training's rounds. Listeners are told in their order. */
@FunctionalInterface
public interface RoundListener {
    /**
     * A round is finished, and not yet in any checkpoint.
     *
     * @throws CollapsedException to end the training
     */
    void onRound(RoundResult result);

    /** What was held back is to be written: a checkpoint follows, after which no run tells of these rounds again, or training ends early. */
    default void flush() {}
}
