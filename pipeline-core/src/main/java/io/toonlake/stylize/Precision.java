package io.toonlake.stylize;

/** What numbers a generator computes with. */
public enum Precision {
    /** Single precision. */
    FP32("fp32"),
    /** 8-bit integers where they are near enough, by a calibration; on ONNX Runtime only. */
    INT8("int8"),
    /** Half precision but for the norms; on GPUs only. */
    FP16("fp16");

    private final String code;

    Precision(String code) {
        this.code = code;
    }

    /** Its name in settings. */
    public String code() {
        return code;
    }

    /**
     * How tables name an engine that was asked for this, and where it was. Tiles and ND4J have single precision whatever was asked for, integers are
     * computed on the CPU only, and halves on GPUs only.
     */
    public String engineCode(EngineKind kind, Processor processor) {
        String place = processor.isGpu() ? kind.code() + "-gpu" : kind.code();
        boolean reduced = this == INT8 && !processor.isGpu() || this == FP16 && processor.isGpu();
        return reduced && kind == EngineKind.ONNXRUNTIME ? place + "-" + code : place;
    }
}
