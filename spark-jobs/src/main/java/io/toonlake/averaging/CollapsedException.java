package io.toonlake.averaging;

/** The networks have lost their balance: more rounds of this training would only cost money. */
public final class CollapsedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int round;

    CollapsedException(Round round, String why) {
        super("Training has collapsed in round " + round.number() + ": " + why);
        this.round = round.number();
    }

    /** The round after which it was noticed; it began a window of rounds before. */
    public int round() {
        return round;
    }
}
