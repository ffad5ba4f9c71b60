package io.toonlake.edge;

/** What takes the clean edges away. */
public enum Blur {
    /** A Gaussian, as the paper has it and most implementations of it. */
    GAUSSIAN("gaussian"),
    /** The mean over the square, as the authors' released code has it: softer than a Gaussian of the same side. */
    MEAN("mean");

    private final String code;

    Blur(String code) {
        this.code = code;
    }

    /** The word used in settings. */
    public String code() {
        return code;
    }
}
