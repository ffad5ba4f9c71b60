package io.toonlake.stylize;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.toonlake.model.ForeignModel;
import io.toonlake.model.PictureTensor;
import java.util.Map;

/** Somebody's network on ONNX Runtime: whole pictures, in single precision or what else the network has. */
final class ForeignEngine implements StylizingEngine {
    /** Its input and output in the heap. */
    private static final long HEAP_BYTES_PER_PIXEL = 2L * PictureTensor.CHANNELS * Float.BYTES;

    /** What the allocator keeps, and each thread's own. */
    private static final long SCRATCH_BYTES = 64L << 20;

    private final ForeignModel model;
    private final Processor processor;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final NativePicture input;
    private final NativePicture output;

    /**
     * Loads a model.
     *
     * @param threads that work on one picture, including the caller's
     * @throws LinkageError where there is no ONNX Runtime for the platform
     * @throws IllegalStateException where ONNX Runtime does not take the network
     * @throws GpuFailedException where the GPU cannot be computed on, or does not take the network
     */
    ForeignEngine(ForeignModel model, int threads, Processor processor) {
        this.model = model;
        this.processor = processor;
        environment = OrtSessions.environment();
        try {
            // What fails is told once, with the photo's name.
            session = OrtSessions.open(model.onnx(), threads, processor, OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        } catch (OrtException e) {
            throw OrtSessions.failure("Cannot load model " + model, processor, e);
        }
        input = new NativePicture(model.input());
        output = new NativePicture(model.output());
    }

    @Override
    public String fingerprint() {
        return model.fingerprint();
    }

    @Override
    public EngineKind kindFor(int width, int height) {
        return EngineKind.ONNXRUNTIME;
    }

    @Override
    public int sizeMultiple() {
        return model.sizes().multiple();
    }

    @Override
    public int minSidePixels() {
        return Math.min(model.sizes().minWidth(), model.sizes().minHeight());
    }

    @Override
    public int minWidthPixels() {
        return model.sizes().minWidth();
    }

    @Override
    public int minHeightPixels() {
        return model.sizes().minHeight();
    }

    @Override
    public float[] stylize(float[] picture, int width, int height) {
        if (!model.sizes().fit(width, height)) {
            throw new IllegalArgumentException(
                    "Invalid picture size: %dx%d (must be %s)".formatted(width, height, model.sizes()));
        }
        if (picture.length != (long) PictureTensor.CHANNELS * width * height) {
            throw new IllegalArgumentException("Invalid picture: %d values (3x%dx%d has %d)"
                    .formatted(picture.length, height, width, 3L * width * height));
        }
        try (OnnxTensor photo = input.tensor(environment, width, height);
                OnnxTensor made = output.tensor(environment, width, height)) {
            input.write(picture);
            session.run(
                            Map.of(model.input().name(), photo),
                            Map.of(model.output().name(), made))
                    .close();
            return output.read(width * height);
        } catch (OrtException e) {
            throw OrtSessions.failure("Cannot stylize %dx%d pixels".formatted(width, height), processor, e);
        }
    }

    @Override
    public long estimatedBytes(int width, int height) {
        if (processor.isGpu()) {
            return OrtEngine.hostBytes(width, height);
        }
        return (model.bytesPerPixel() + HEAP_BYTES_PER_PIXEL) * width * height + SCRATCH_BYTES;
    }

    static long mostPixels(ForeignModel model, long maxBytes) {
        long perPixel = model.bytesPerPixel() + HEAP_BYTES_PER_PIXEL + Stylizer.cartoonBytes(1, 1);
        return Math.max(0, maxBytes - SCRATCH_BYTES) / perPixel;
    }

    @Override
    public void close() {
        input.close();
        output.close();
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("Cannot close the session: " + e.getMessage(), e);
        }
    }
}
