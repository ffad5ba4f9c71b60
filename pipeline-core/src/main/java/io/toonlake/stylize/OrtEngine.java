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
 * A generator on ONNX Runtime, on the CPU or a GPU: the faster engine, and the one that takes more memory, since it keeps several maps at full
 * resolution.
 */
public class OrtEngine implements StylizingEngine {
    /** What the allocator keeps, and each thread's own. */
    private static final long SCRATCH_BYTES = 64L << 20;

    private final String fingerprint;
    private final GeneratorArchitecture architecture;
    private final Processor processor;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final boolean half;
    private FloatBuffer input = FloatBuffer.allocate(0);

    /**
     * Loads a model on the CPU.
     *
     * @param threads that work on one picture, including the caller's
     * @throws LinkageError where there is no ONNX Runtime for the platform
     * @throws IllegalStateException where ONNX Runtime does not take the model that we made for it
     */
    public OrtEngine(Model model, int threads) {
        this(model, model.fingerprint(), OnnxGenerator.of(model), threads, Processor.CPU);
    }

    /**
     * Loads a model in single or half precision.
     *
     * @throws GpuFailedException where the GPU cannot be computed on
     * @throws IllegalArgumentException where half precision cannot hold a weight
     */
    OrtEngine(Model model, Precision precision, int threads, Processor processor) {
        this(
                model,
                model.fingerprint(),
                precision == Precision.FP16 ? OnnxGenerator.half(model) : OnnxGenerator.of(model),
                threads,
                processor,
                precision);
    }

    /** Loads a model in 8-bit integers. The engine's fingerprint is the calibration's, which holds the model's. */
    public OrtEngine(Model model, Calibration calibration, int threads) {
        this(model, calibration.fingerprint(), OnnxGenerator.of(model, calibration), threads, Processor.CPU);
    }

    /** @param onnx of the model, in single precision or 8-bit integers, with the picture as its first output */
    OrtEngine(Model model, String fingerprint, byte[] onnx, int threads, Processor processor) {
        this(model, fingerprint, onnx, threads, processor, Precision.FP32);
    }

    private OrtEngine(
            Model model, String fingerprint, byte[] onnx, int threads, Processor processor, Precision precision) {
        half = precision == Precision.FP16;
        this.fingerprint = fingerprint;
        this.processor = processor;
        architecture = model.architecture();
        environment = OrtSessions.environment();
        try {
            session = OrtSessions.open(onnx, threads, processor, precision);
        } catch (OrtException e) {
            throw OrtSessions.failure("Cannot load model " + model, processor, e);
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
            float[] cartoon = ((OnnxTensor) result.get(0)).getFloatBuffer().array();
            if (half) {
                checkNumbers(cartoon, width, height);
            }
            return cartoon;
        } catch (OrtException e) {
            throw OrtSessions.failure("Cannot stylize %dx%d pixels".formatted(width, height), processor, e);
        }
    }

    /** An activation beyond what half precision holds makes its channel no numbers at the next norm, and then the picture, which would be black. */
    private static void checkNumbers(float[] cartoon, int width, int height) {
        for (float value : cartoon) {
            if (Float.isNaN(value)) {
                throw new IllegalStateException(
                        "Cannot stylize %dx%d pixels in half precision: activations are beyond its range (use stylize.precision=fp32)"
                                .formatted(width, height));
            }
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
        return processor.isGpu() ? hostBytes(width, height) : estimatedBytes(architecture, width, height);
    }

    /** On a GPU: the picture before and after, each once in the heap and once where ONNX Runtime has it. */
    static long hostBytes(int width, int height) {
        return 4L * 3 * Float.BYTES * width * height + SCRATCH_BYTES;
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
