package io.toonlake.training;

/** The two parts of training (paper, section 3.3). */
public enum Phase {
    /** The generator alone learns to reproduce its photo's content, which keeps the next phase from getting stuck. */
    INITIALIZATION("initialization"),
    /** Generator and discriminator learn against each other. */
    ADVERSARIAL("adversarial");

    private final String code;

    Phase(String code) {
        this.code = code;
    }

    /** The word used in tables and messages. */
    public String code() {
        return code;
    }

    /** Whether the discriminator takes part, and cartoons are needed. */
    public boolean usesDiscriminator() {
        return this == ADVERSARIAL;
    }
}
