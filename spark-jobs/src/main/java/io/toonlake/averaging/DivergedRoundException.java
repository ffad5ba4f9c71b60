package io.toonlake.averaging;

/** A round's numbers are no numbers any more. The state before it is whole; training cannot go on from it with these settings. */
public final class DivergedRoundException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int round;

    DivergedRoundException(Round round, String why) {
        super("Cannot go on with round " + round.number() + ": " + why);
        this.round = round.number();
    }

    public int round() {
        return round;
    }
}
