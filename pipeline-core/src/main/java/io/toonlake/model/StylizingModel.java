package io.toonlake.model;

/** What {@code stylize} runs: a generator of ours, or somebody's ONNX file. */
public sealed interface StylizingModel permits Model, ForeignModel {
    /** What identifies the pictures this model makes, in lower-case hexadecimal. */
    String fingerprint();

    ModelOrigin origin();
}
