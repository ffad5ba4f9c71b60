package io.toonlake.stylize;

import io.toonlake.model.Model;
import io.toonlake.network.GeneratorArchitecture;

/**
 * A generator on a GPU: whole pictures, and tiles for those that it does not make whole, most of all for want of its memory. How much that takes is
 * not calculated beforehand, since it hangs on the algorithms that cuDNN chooses for the GPU: the first picture that fails says it, and from its size
 * on all are made in tiles. Their maps are in the host's memory, so a GPU of a few gigabytes makes any picture.
 */
final class GpuEngine implements StylizingEngine {
    /** Loads one of the engines that it is made of. */
    @FunctionalInterface
    interface Opener {
        StylizingEngine open(EngineKind kind);
    }

    private final String fingerprint;
    private final GeneratorArchitecture architecture;
    private final EngineKind first;
    private final long maxBytes;
    private final Opener opener;
    private StylizingEngine loaded;
    private EngineKind loadedKind;
    private boolean fresh;
    private long leastPixelsTooMany = Long.MAX_VALUE;

    /**
     * @param precision of whole pictures, single or half; tiles are single precision
     * @param first that is tried: whole pictures, or tiles
     * @param maxBytes of the host's memory that one picture may take
     */
    GpuEngine(Model model, Precision precision, EngineKind first, int threads, long maxBytes, Processor gpu) {
        this(
                model,
                first,
                maxBytes,
                kind -> kind == EngineKind.ONNXRUNTIME
                        ? new OrtEngine(model, precision, threads, gpu)
                        : new TiledEngine(model, threads, maxBytes, gpu));
    }

    GpuEngine(Model model, EngineKind first, long maxBytes, Opener opener) {
        this.fingerprint = model.fingerprint();
        this.architecture = model.architecture();
        this.first = first;
        this.maxBytes = maxBytes;
        this.opener = opener;
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public EngineKind kindFor(int width, int height) {
        return first == EngineKind.ONNXRUNTIME
                        && (long) width * height < leastPixelsTooMany
                        && fits(EngineKind.ONNXRUNTIME, width, height)
                ? EngineKind.ONNXRUNTIME
                : EngineKind.ONNXRUNTIME_TILED;
    }

    private boolean fits(EngineKind kind, int width, int height) {
        return estimatedBytes(kind, width, height) + Stylizer.cartoonBytes(width, height) <= maxBytes;
    }

    @Override
    public int sizeMultiple() {
        return GeneratorArchitecture.SIZE_MULTIPLE;
    }

    @Override
    public int minSidePixels() {
        return WorkingSize.MIN_SIDE_PIXELS;
    }

    /** @throws GpuFailedException where tiles fail too, or the host has not the memory for them, and then it says that it is for the size */
    @Override
    public float[] stylize(float[] picture, int width, int height) {
        if (kindFor(width, height) == EngineKind.ONNXRUNTIME) {
            try {
                return whole(picture, width, height);
            } catch (GpuFailedException e) {
                if (!fits(EngineKind.ONNXRUNTIME_TILED, width, height)) {
                    throw e.withTooLarge(true);
                }
                leastPixelsTooMany = (long) width * height;
            }
        }
        try {
            return made(EngineKind.ONNXRUNTIME_TILED, picture, width, height);
        } catch (GpuFailedException e) {
            throw e.withTooLarge(false);
        }
    }

    /** Twice where it may have been what the session keeps of other pictures that was in the way. */
    private float[] whole(float[] picture, int width, int height) {
        try {
            return made(EngineKind.ONNXRUNTIME, picture, width, height);
        } catch (GpuFailedException e) {
            boolean again = !fresh;
            close();
            if (!again) {
                throw e;
            }
            return made(EngineKind.ONNXRUNTIME, picture, width, height);
        }
    }

    private float[] made(EngineKind kind, float[] picture, int width, int height) {
        if (loadedKind != kind) {
            close();
            fresh = true;
            loaded = opener.open(kind);
            loadedKind = kind;
        }
        float[] cartoon = loaded.stylize(picture, width, height);
        fresh = false;
        return cartoon;
    }

    @Override
    public long estimatedBytes(int width, int height) {
        return estimatedBytes(kindFor(width, height), width, height);
    }

    private long estimatedBytes(EngineKind kind, int width, int height) {
        return kind == EngineKind.ONNXRUNTIME
                ? OrtEngine.hostBytes(width, height)
                : TiledEngine.estimatedBytes(architecture, width, height, maxBytes);
    }

    @Override
    public void close() {
        StylizingEngine closing = loaded;
        loaded = null;
        loadedKind = null;
        if (closing != null) {
            closing.close();
        }
    }
}
