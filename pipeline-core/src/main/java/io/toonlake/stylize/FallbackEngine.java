package io.toonlake.stylize;

import io.toonlake.model.Calibration;
import io.toonlake.model.Model;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime for pictures that it has the memory for, and ND4J, which takes less, for larger ones, and for all where ONNX Runtime has no
 * native code for the platform. At most one of them is loaded: what ONNX Runtime keeps of its last picture makes room for ND4J's.
 */
final class FallbackEngine implements StylizingEngine {
    private static final Logger LOG = LoggerFactory.getLogger(FallbackEngine.class);

    private final Model model;
    private final Optional<Calibration> calibration;
    private final int threads;
    private final long maxBytes;
    private boolean hasOnnxRuntime = true;
    private StylizingEngine loaded;

    /**
     * @param calibration for ONNX Runtime to compute in 8-bit integers, which ND4J never does
     * @param maxBytes that ONNX Runtime may take for one picture
     */
    FallbackEngine(Model model, Optional<Calibration> calibration, int threads, long maxBytes) {
        this.model = model;
        this.calibration = calibration;
        this.threads = threads;
        this.maxBytes = maxBytes;
        loaded = onnxRuntime();
    }

    private StylizingEngine onnxRuntime() {
        if (hasOnnxRuntime) {
            try {
                return calibration.isPresent()
                        ? new OrtEngine(model, calibration.get(), threads)
                        : new OrtEngine(model, threads);
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
        return hasOnnxRuntime && OrtEngine.estimatedBytes(model.architecture(), width, height) <= maxBytes
                ? EngineKind.ONNXRUNTIME
                : EngineKind.ND4J;
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
        if (loaded.kindFor(width, height) != kind) {
            loaded.close();
            loaded = kind == EngineKind.ND4J ? new Nd4jEngine(model) : onnxRuntime();
        }
        return loaded.stylize(picture, width, height);
    }

    @Override
    public long estimatedBytes(int width, int height) {
        return kindFor(width, height) == EngineKind.ONNXRUNTIME
                ? OrtEngine.estimatedBytes(model.architecture(), width, height)
                : Nd4jEngine.estimatedBytes(model.architecture(), width, height);
    }

    @Override
    public void close() {
        loaded.close();
    }
}
