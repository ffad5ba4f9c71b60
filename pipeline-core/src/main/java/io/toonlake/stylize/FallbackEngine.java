package io.toonlake.stylize;

import io.toonlake.model.Calibration;
import io.toonlake.model.Model;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime for pictures that it has the memory for, and ONNX Runtime in tiles, which takes longer and less, for larger ones. ND4J where ONNX
 * Runtime has no native code for the platform, and where the memory is too little for the tiles and enough for the picture. One of them is loaded
 * at a time: what ONNX Runtime keeps of its last picture makes room for the others'.
 */
final class FallbackEngine implements StylizingEngine {
    private static final Logger LOG = LoggerFactory.getLogger(FallbackEngine.class);

    private final Model model;
    private final Optional<Calibration> calibration;
    private final int threads;
    private final long maxBytes;
    private final EngineKind first;
    private boolean hasOnnxRuntime = true;
    private StylizingEngine loaded;
    /** Where the next one could not be loaded: what is closed still tells its sizes, and computes nothing. */
    private boolean isClosed;

    /**
     * @param calibration for ONNX Runtime to compute whole pictures in 8-bit integers, which the other engines never do
     * @param maxBytes that one picture may take
     * @param first that is tried: ONNX Runtime on whole pictures, or in tiles
     */
    FallbackEngine(Model model, Optional<Calibration> calibration, int threads, long maxBytes, EngineKind first) {
        this.model = model;
        this.calibration = calibration;
        this.threads = threads;
        this.maxBytes = maxBytes;
        this.first = first;
        loaded = load(first);
    }

    private StylizingEngine load(EngineKind kind) {
        if (hasOnnxRuntime && kind != EngineKind.ND4J) {
            try {
                return kind == EngineKind.ONNXRUNTIME_TILED
                        ? new TiledEngine(model, threads, maxBytes, Processor.CPU)
                        : calibration
                                .map(ranges -> new OrtEngine(model, ranges, threads))
                                .orElseGet(() -> new OrtEngine(model, threads));
            } catch (LinkageError e) {
                hasOnnxRuntime = false;
                LOG.warn(
                        "ONNX Runtime does not load here ({}); ND4J stylizes instead, which takes longer",
                        e.toString());
            }
        }
        return new Nd4jEngine(model);
    }

    @Override
    public String fingerprint() {
        return calibration.map(Calibration::fingerprint).orElse(model.fingerprint());
    }

    @Override
    public EngineKind kindFor(int width, int height) {
        if (!hasOnnxRuntime) {
            return EngineKind.ND4J;
        }
        if (first == EngineKind.ONNXRUNTIME && fits(EngineKind.ONNXRUNTIME, width, height)) {
            return EngineKind.ONNXRUNTIME;
        }
        boolean tiles = fits(EngineKind.ONNXRUNTIME_TILED, width, height)
                || estimatedBytes(EngineKind.ONNXRUNTIME_TILED, width, height)
                        <= estimatedBytes(EngineKind.ND4J, width, height);
        return tiles ? EngineKind.ONNXRUNTIME_TILED : EngineKind.ND4J;
    }

    private boolean fits(EngineKind kind, int width, int height) {
        return estimatedBytes(kind, width, height) + Stylizer.cartoonBytes(width, height) <= maxBytes;
    }

    @Override
    public int sizeMultiple() {
        return loaded.sizeMultiple();
    }

    @Override
    public int minSidePixels() {
        return loaded.minSidePixels();
    }

    @Override
    public float[] stylize(float[] picture, int width, int height) {
        EngineKind kind = kindFor(width, height);
        if (isClosed || loaded.kindFor(width, height) != kind) {
            close();
            loaded = load(kind);
            isClosed = false;
        }
        return loaded.stylize(picture, width, height);
    }

    @Override
    public long estimatedBytes(int width, int height) {
        return estimatedBytes(kindFor(width, height), width, height);
    }

    private long estimatedBytes(EngineKind kind, int width, int height) {
        return switch (kind) {
            case ONNXRUNTIME -> OrtEngine.estimatedBytes(model.architecture(), width, height);
            case ONNXRUNTIME_TILED -> TiledEngine.estimatedBytes(model.architecture(), width, height, maxBytes);
            case ND4J -> Nd4jEngine.estimatedBytes(model.architecture(), width, height);
        };
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            loaded.close();
        }
    }
}
