package io.toonlake.stylize;

import io.toonlake.model.Calibration;
import io.toonlake.model.ForeignModel;
import io.toonlake.model.Model;
import java.util.Optional;

/** What a generator runs on. All give the same picture to 1e-4 of the network's values. */
public enum EngineKind {
    /** {@link OrtEngine}, the fastest one, and the others for pictures that it would need too much memory for. */
    ONNXRUNTIME("onnxruntime") {
        @Override
        public StylizingEngine open(Model model, int threads, long maxBytes) {
            return new FallbackEngine(model, Optional.empty(), threads, maxBytes, ONNXRUNTIME);
        }
    },
    /** {@link TiledEngine}, however much memory there is; {@link Nd4jEngine} where ONNX Runtime does not load, or that takes less. */
    ONNXRUNTIME_TILED("onnxruntime-tiled") {
        @Override
        public StylizingEngine open(Model model, int threads, long maxBytes) {
            return new FallbackEngine(model, Optional.empty(), threads, maxBytes, ONNXRUNTIME_TILED);
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
     * @param maxBytes that one picture may take, where an engine can do with that
     */
    public abstract StylizingEngine open(Model model, int threads, long maxBytes);

    /**
     * Loads a model on a GPU: whole pictures, or tiles where they have to be. A GPU that cannot be computed on says so at the first picture
     * ({@link GpuFailedException}).
     *
     * @param precision single or half
     * @param threads for what remains on the CPU
     * @param maxBytes of the host's memory that pictures may take
     * @param sessions that make pictures at once: so many tasks may use the engine at the same time
     * @throws IllegalArgumentException for {@link #ND4J}, for 8-bit integers, and for less than one session
     */
    public StylizingEngine openOnGpu(
            Model model, Precision precision, int threads, long maxBytes, int sessions, Processor gpu) {
        if (this == ND4J || precision == Precision.INT8) {
            throw new IllegalArgumentException(
                    "Invalid engine for %s: %s in %s".formatted(gpu, code, precision.code()));
        }
        return new GpuEngine(model, precision, this, threads, maxBytes, sessions, gpu);
    }

    /**
     * Loads a model in 8-bit integers, for ONNX Runtime. Pictures that it would need too much memory for are made in tiles, in single precision.
     * The engine's fingerprint is the calibration's.
     */
    public static StylizingEngine openInt8(Model model, Calibration calibration, int threads, long maxBytes) {
        return new FallbackEngine(model, Optional.of(calibration), threads, maxBytes, ONNXRUNTIME);
    }

    /**
     * Loads somebody's network, on ONNX Runtime. There are no tiles of it, and ND4J does not run it.
     *
     * @throws LinkageError where there is no ONNX Runtime for the platform
     * @throws IllegalStateException where ONNX Runtime does not take the network
     * @throws GpuFailedException where the GPU cannot be computed on, or does not take the network
     */
    public static StylizingEngine openForeign(ForeignModel model, int threads, Processor processor) {
        return new ForeignEngine(model, threads, processor);
    }

    /** How many pixels the largest photo has that somebody's network makes within so much memory. */
    public static long mostForeignPixels(ForeignModel model, long maxBytes) {
        return ForeignEngine.mostPixels(model, maxBytes);
    }
}
