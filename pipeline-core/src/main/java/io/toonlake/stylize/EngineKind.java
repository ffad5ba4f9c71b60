package io.toonlake.stylize;

import io.toonlake.model.Model;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What a generator runs on. Both give the same picture to 1e-4 of the network's values. */
public enum EngineKind {
    /** {@link OrtEngine}: a third faster. */
    ONNXRUNTIME("onnxruntime") {
        @Override
        public StylizingEngine open(Model model, int threads) {
            return new OrtEngine(model, threads);
        }
    },
    /** {@link Nd4jEngine}: takes less than half of the memory. Its threads are the JVM's ({@code OMP_NUM_THREADS}). */
    ND4J("nd4j") {
        @Override
        public StylizingEngine open(Model model, int threads) {
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

    /** Loads a model. */
    public abstract StylizingEngine open(Model model, int threads);

    /** @throws IllegalArgumentException where there is no such engine */
    public static EngineKind of(String code) {
        return Arrays.stream(values())
                .filter(kind -> kind.code.equals(code))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Invalid engine: %s (there are %s)"
                        .formatted(
                                code,
                                Arrays.stream(values()).map(EngineKind::code).collect(Collectors.joining(", ")))));
    }
}
