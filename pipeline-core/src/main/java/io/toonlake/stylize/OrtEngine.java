package io.toonlake.stylize;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.ExecutionMode;
import io.toonlake.model.Model;
import io.toonlake.model.OnnxGenerator;
import io.toonlake.network.GeneratorArchitecture;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * A generator on ONNX Runtime, on the CPU: the faster engine, and the one that takes more memory, since it keeps several maps at full
 * resolution.
 */
public final class OrtEngine implements StylizingEngine {
    /** What the allocator keeps, and each thread's own. */
    private static final long SCRATCH_BYTES = 64L << 20;

    private final String fingerprint;
    private final GeneratorArchitecture architecture;
    private final OrtEnvironment environment;
    private final OrtSession session;

    /**
     * Loads a model.
     *
     * @param threads that work on one picture, including the caller's
     * @throws IllegalStateException where ONNX Runtime does not take the model that we made for it
     */
    public OrtEngine(Model model, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("Invalid number of threads: %d (must be >= 1)".formatted(threads));
        }
        fingerprint = model.fingerprint();
        architecture = model.architecture();
        environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "toonlake");
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setExecutionMode(ExecutionMode.SEQUENTIAL);
            // Threads that spin while they wait take the cores from the tasks that decode and encode.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            // It would lay out the memory of every size of picture in advance and keep the plan.
            options.setMemoryPatternOptimization(false);
            // An arena keeps what the largest picture so far took, and more, since pictures of other sizes do not fit
            // its pieces.
            options.setCPUArenaAllocator(false);
            session = environment.createSession(OnnxGenerator.of(model), options);
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
        try (OnnxTensor photo = OnnxTensor.createTensor(environment, FloatBuffer.wrap(picture), shape);
                OrtSession.Result result = session.run(Map.of(OnnxGenerator.INPUT, photo))) {
            float[] stylized = new float[picture.length];
            ((OnnxTensor) result.get(0)).getFloatBuffer().get(stylized);
            return stylized;
        } catch (OrtException e) {
            throw new IllegalStateException(
                    "Cannot stylize %dx%d pixels: %s".formatted(width, height, e.getMessage()), e);
        }
    }

    /**
     * As measured: at most two and a half maps of w channels at full resolution, and what does not depend on w, such as the last layer's
     * three channels, which are computed as sixteen, and the picture before and after as Java's and as ONNX Runtime's arrays.
     */
    @Override
    public long estimatedBytes(int width, int height) {
        return (11L * architecture.width() + 320) * width * height + SCRATCH_BYTES;
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
