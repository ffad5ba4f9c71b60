package io.toonlake.stylize;

/** What numbers a generator computes with. */
public enum Precision {
    /** Single precision. */
    FP32("fp32"),
    /** 8-bit integers where they are near enough, by a calibration; on ONNX Runtime only. */
    INT8("int8");

    private final String code;

    Precision(String code) {
        this.code = code;
    }

    /** Its name in settings. */
    public String code() {
        return code;
    }

    /** How tables name an engine that was asked for this: tiles and ND4J have single precision whatever was asked for. */
    public String engineCode(EngineKind kind) {
        return this == INT8 && kind == EngineKind.ONNXRUNTIME ? kind.code() + "-" + code : kind.code();
    }
}
