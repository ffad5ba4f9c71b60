package io.toonlake.averaging;

import io.toonlake.training.CollapseDetector.Collapse;
import io.toonlake.training.CollapseDetector.Sign;

/** The networks have lost their balance: more rounds of this training would only cost money. */
public final class CollapsedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int round;
    private final Sign sign;

    CollapsedException(Round round, Collapse collapse) {
        super("Training has collapsed in round " + round.number() + ": " + collapse.why());
        this.round = round.number();
        this.sign = collapse.sign();
    }

    /** By what it was known. */
    public Sign sign() {
        return sign;
    }

    /** The round after which it was noticed; it began a window of rounds before. */
    public int round() {
        return round;
    }
}
