package io.toonlake.stylize;

import io.toonlake.model.Calibration;
import io.toonlake.model.Model;
import java.util.Optional;

/** What a generator runs on. Both give the same picture to 1e-4 of the network's values. */
public enum EngineKind {
    /** {@link OrtEngine}, the faster one, and {@link Nd4jEngine} for pictures that it would need too much memory for. */
    ONNXRUNTIME("onnxruntime") {
        @Override
        public StylizingEngine open(Model model, int threads, long maxBytes) {
            return new FallbackEngine(model, Optional.empty(), threads, maxBytes);
        }
    },
    /** {@link Nd4jEngine}. Its threads are the JVM's ({@code OMP_NUM_THREADS}). */
    ND4J("nd4j") {
        @Override
        public StylizingEngine open(Model model, int threads, long maxBytes) {
            return new Nd4jEngine(model);
        }
    };

    private final String code;

    EngineKind(String code) {
        this.code = code;
    }

    /** Its name in settings and tables. */
    public String code() {
        return code;
    }

    /**
     * Loads a model.
     *
     * @param threads that work on one picture
     * @param maxBytes that the faster engine may take for one picture
     */
    public abstract StylizingEngine open(Model model, int threads, long maxBytes);

    /**
     * Loads a model in 8-bit integers, for ONNX Runtime. Pictures that it would need too much memory for are ND4J's, in single precision.
     * The engine's fingerprint is the calibration's.
     */
    public static StylizingEngine openInt8(Model model, Calibration calibration, int threads, long maxBytes) {
        return new FallbackEngine(model, Optional.of(calibration), threads, maxBytes);
    }
}
