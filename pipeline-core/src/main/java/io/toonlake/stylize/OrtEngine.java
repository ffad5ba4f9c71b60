package io.toonlake.stylize;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.toonlake.model.Calibration;
import io.toonlake.model.Model;
import io.toonlake.model.OnnxGenerator;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Upsampling;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * A generator on ONNX Runtime, on the CPU: the faster engine, and the one that takes more memory, since it keeps several maps at full
 * resolution.
 */
public class OrtEngine implements StylizingEngine {
    /** What the allocator keeps, and each thread's own. */
    private static final long SCRATCH_BYTES = 64L << 20;

    private final String fingerprint;
    private final GeneratorArchitecture architecture;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private FloatBuffer input = FloatBuffer.allocate(0);

    /**
     * Loads a model.
     *
     * @param threads that work on one picture, including the caller's
     * @throws LinkageError where there is no ONNX Runtime for the platform
     * @throws IllegalStateException where ONNX Runtime does not take the model that we made for it
     */
    public OrtEngine(Model model, int threads) {
        this(model, model.fingerprint(), OnnxGenerator.of(model), threads);
    }

    /** Loads a model in 8-bit integers. The engine's fingerprint is the calibration's, which holds the model's. */
    public OrtEngine(Model model, Calibration calibration, int threads) {
        this(model, calibration.fingerprint(), OnnxGenerator.of(model, calibration), threads);
    }

    /** @param onnx of the model, with the picture as its first output */
    OrtEngine(Model model, String fingerprint, byte[] onnx, int threads) {
        this.fingerprint = fingerprint;
        architecture = model.architecture();
        environment = OrtSessions.environment();
        try {
            session = OrtSessions.open(onnx, threads);
        } catch (OrtException e) {
            throw new IllegalStateException("Cannot load model %s: %s".formatted(model, e.getMessage()), e);
        }
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public int sizeMultiple() {
        return GeneratorArchitecture.SIZE_MULTIPLE;
    }

    @Override
    public int minSidePixels() {
        return WorkingSize.MIN_SIDE_PIXELS;
    }

    @Override
    public float[] stylize(float[] picture, int width, int height) {
        WorkingSize.check(picture, width, height);
        long[] shape = {1, 3, height, width};
        try (OnnxTensor photo = OnnxTensor.createTensor(environment, input(picture), shape);
                OrtSession.Result result = session.run(Map.of(OnnxGenerator.INPUT, photo))) {
            seen(result);
            return ((OnnxTensor) result.get(0)).getFloatBuffer().array();
        } catch (OrtException e) {
            throw new IllegalStateException(
                    "Cannot stylize %dx%d pixels: %s".formatted(width, height, e.getMessage()), e);
        }
    }

    /** For engines that look at more than the picture. */
    void seen(OrtSession.Result outputs) throws OrtException {}

    /** The picture where ONNX Runtime can read it, in memory that is used again: what is new each time would wait for a garbage collection. */
    private FloatBuffer input(float[] picture) {
        if (input.capacity() < picture.length) {
            input = ByteBuffer.allocateDirect(Float.BYTES * picture.length)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
        }
        input.clear().put(picture).flip();
        return input;
    }

    @Override
    public EngineKind kindFor(int width, int height) {
        return EngineKind.ONNXRUNTIME;
    }

    @Override
    public long estimatedBytes(int width, int height) {
        return estimatedBytes(architecture, width, height);
    }

    /**
     * As measured: five maps of w channels at full resolution, which the arena does not pack closely; six and a half where pictures are
     * enlarged before they are convolved; and what does not depend on w, such as the picture before and after.
     */
    static long estimatedBytes(GeneratorArchitecture architecture, int width, int height) {
        long perChannel = architecture.upsampling() == Upsampling.RESIZE ? 26 : 20;
        return (perChannel * architecture.width() + 100) * width * height + SCRATCH_BYTES;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("Cannot close the session: " + e.getMessage(), e);
        }
    }
}
