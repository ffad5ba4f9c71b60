package io.toonlake.model;

/** What numbers a network's picture is made of. */
public enum NumberType {
    FLOAT32("float32"),
    FLOAT16("float16");

    private final String code;

    NumberType(String code) {
        this.code = code;
    }

    /** The word in {@code model.json}. */
    public String code() {
        return code;
    }
}
