package io.toonlake.job;

import io.toonlake.config.StylizeSettings;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.PixelImage;
import io.toonlake.image.RefusalReason;
import io.toonlake.model.Calibration;
import io.toonlake.model.CalibrationFile;
import io.toonlake.model.ForeignModel;
import io.toonlake.model.Model;
import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFolder;
import io.toonlake.model.StylizingModel;
import io.toonlake.storage.UnreachableException;
import io.toonlake.stylize.EngineCache;
import io.toonlake.stylize.EngineKind;
import io.toonlake.stylize.GpuFailedException;
import io.toonlake.stylize.Precision;
import io.toonlake.stylize.Processor;
import io.toonlake.stylize.Stylizer;
import io.toonlake.stylize.StylizingEngine;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.bytedeco.javacpp.Pointer;

/** A model on its way to the executors, where all tasks of a JVM share one engine for it. */
final class SharedStylizer implements Serializable {
    private static final long serialVersionUID = 1L;

    private static final Pattern LOCAL = Pattern.compile("local(?:\\[(\\d+|\\*)(?:,\\s*\\d+)?])?");

    private final EngineKind kind;
    private final Precision precision;
    private final int threads;
    private final int gpuSessions;
    private final StylizingDevice device;
    private final String fingerprint;
    private final boolean foreign;
    /** The one size that the network takes; 0 where it takes any. */
    private final int onlyWidth;

    private final int onlyHeight;
    private final Broadcast<HashMap<String, byte[]>> files;

    /**
     * @param calibration for 8-bit integers; else empty
     * @param threads of an engine; 0 for as many as an executor has cores
     * @param gpuSessions that make pictures on one GPU at once
     */
    SharedStylizer(
            JavaSparkContext spark,
            StylizingModel model,
            Optional<Calibration> calibration,
            Precision precision,
            EngineKind kind,
            int threads,
            int gpuSessions,
            StylizingDevice device) {
        InMemory folder = new InMemory(new HashMap<>());
        try {
            ModelFolder.writeReadable(model, folder);
            if (calibration.isPresent()) {
                CalibrationFile.writeReadable(calibration.get(), folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.kind = kind;
        this.gpuSessions = gpuSessions;
        this.threads = threads > 0
                ? threads
                : executorCores(
                        spark.master(),
                        Optional.of(spark.getConf().getInt("spark.executor.cores", 0))
                                .filter(cores -> cores > 0));
        this.precision = precision;
        this.device = device;
        this.fingerprint = calibration.map(Calibration::fingerprint).orElse(model.fingerprint());
        this.foreign = model instanceof ForeignModel;
        boolean fixed = model instanceof ForeignModel theirs && theirs.sizes().fixed();
        this.onlyWidth = fixed ? ((ForeignModel) model).sizes().minWidth() : 0;
        this.onlyHeight = fixed ? ((ForeignModel) model).sizes().minHeight() : 0;
        this.files = spark.broadcast(folder.files());
    }

    /**
     * How many cores an executor has, by what Spark was told; 0 for all that its machine has, as a standalone cluster's executors do unless
     * told otherwise. Other clusters' have one.
     */
    static int executorCores(String master, Optional<Integer> told) {
        Matcher local = LOCAL.matcher(master);
        if (local.matches()) {
            String cores = local.group(1) == null ? "1" : local.group(1);
            return cores.equals("*") ? 0 : Integer.parseInt(cores);
        }
        return told.orElse(master.startsWith("spark://") ? 0 : 1);
    }

    /**
     * A cartoon and what made it.
     *
     * @param engine as tables name it
     * @param seconds that the engine worked, without the wait for it
     */
    record Stylized(PixelImage picture, String engine, double seconds) {}

    /** The photo as the network is to see it: as large as was asked for and as a network of one size takes it, made smaller and never larger. */
    PixelImage prepared(PixelImage photo, StylizeSettings settings) {
        PixelImage image = settings.maxEdgePixels() > 0 ? photo.within(settings.maxEdgePixels()) : photo;
        image = onlyWidth > 0 ? image.within(onlyWidth, onlyHeight) : image;
        // The network sees the whole picture: what nobody does would change its tones, and draw lines around the rest.
        return image.withColorBeneath(settings.background());
    }

    /**
     * Waits for this JVM's engine on the task's GPU, or on the CPU, and stylizes. What a GPU fails at is made on the CPU, and where it fails at
     * anything, all that follows too.
     *
     * @param maxBytes of working memory
     * @throws ImageRefusedException where no engine can do with that much
     */
    Stylized stylize(PixelImage picture, long maxBytes) throws ImageRefusedException {
        Processor processor = device.processor();
        if (!processor.isGpu()) {
            return stylize(picture, maxBytes, processor);
        }
        try {
            return stylize(picture, maxBytes, processor);
        } catch (GpuFailedException e) {
            // Where this fails too, it is the photo's fault or the model's.
            Stylized made = stylize(picture, maxBytes, Processor.CPU);
            if (!e.isTooLarge()) {
                device.failed(processor, e.reason());
            }
            return made;
        }
    }

    private Stylized stylize(PixelImage picture, long maxBytes, Processor processor) throws ImageRefusedException {
        int all = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        EngineCache.Key key = new EngineCache.Key(
                fingerprint,
                kind,
                precision == Precision.FP16 && !processor.isGpu() ? Precision.FP32 : precision,
                processor,
                all,
                Math.min(maxBytes, nativeBytes()),
                processor.isGpu() && !foreign ? gpuSessions : 1);
        // Other people's networks have no tiles to go over to.
        long allowed = foreign ? key.maxBytes() : maxBytes;
        try {
            return EngineCache.shared()
                    .use(key, () -> open(key), engine -> stylize(new Stylizer(engine), picture, allowed, processor));
        } catch (IOException e) {
            // The driver wrote these bytes from a model that it had checked.
            throw new UncheckedIOException(e);
        }
    }

    private StylizingEngine open(EngineCache.Key key) throws IOException {
        ModelFiles folder = new InMemory(files.value());
        if (foreign) {
            return openForeign((ForeignModel) ModelFolder.readAny(folder), key);
        }
        Model model = ModelFolder.read(folder);
        if (key.processor().isGpu()) {
            return kind.openOnGpu(model, key.precision(), key.threads(), key.maxBytes(), key.users(), key.processor());
        }
        return precision == Precision.INT8
                ? EngineKind.openInt8(
                        model, CalibrationFile.read(model, folder).orElseThrow(), key.threads(), key.maxBytes())
                : kind.open(model, key.threads(), key.maxBytes());
    }

    private static StylizingEngine openForeign(ForeignModel model, EngineCache.Key key) {
        try {
            return EngineKind.openForeign(model, key.threads(), key.processor());
        } catch (LinkageError e) {
            throw new UnreachableException(
                    "Cannot run model " + model
                            + ": ONNX Runtime, without which other people's models do not run, does not load here (" + e
                            + ")",
                    e);
        }
    }

    private Stylized stylize(Stylizer stylizer, PixelImage picture, long maxBytes, Processor processor)
            throws ImageRefusedException {
        int width = picture.width();
        int height = picture.height();
        long needed = stylizer.estimatedBytes(width, height);
        if (needed > maxBytes) {
            String wayOut = foreign
                    ? "stylize.engine-memory, within what the process may take beside its heap, allows %,d MiB; there are no tiles of "
                            + "other people's models%s"
                    : "stylize.engine-memory allows %,d MiB";
            throw new ImageRefusedException(
                    RefusalReason.TOO_LARGE_FOR_MEMORY,
                    String.format(
                            "%d x %d pixels need about %,d MiB of working memory (" + wayOut + ")",
                            width,
                            height,
                            needed >> 20,
                            maxBytes >> 20,
                            smaller(stylizer, width, height, maxBytes)));
        }
        checkHeap(width, height, Runtime.getRuntime().maxMemory());
        long start = System.nanoTime();
        PixelImage cartoon = stylizer.stylize(picture);
        String engine = precision.engineCode(stylizer.kindFor(width, height), processor);
        return new Stylized(cartoon, engine, (System.nanoTime() - start) / 1e9);
    }

    /** How a photo would do with that much, in words; empty where none does. */
    private static String smaller(Stylizer stylizer, int width, int height, long maxBytes) {
        int most = Math.max(width, height);
        for (int edge = most / 16 * 16; edge > 0; edge -= 16) {
            int scaledWidth = Math.max(1, (int) ((long) width * edge / most));
            int scaledHeight = Math.max(1, (int) ((long) height * edge / most));
            if (stylizer.estimatedBytes(scaledWidth, scaledHeight) <= maxBytes) {
                return ": stylize.max-edge-pixels=" + edge + " makes it small enough";
            }
        }
        return "";
    }

    /**
     * What stylizing takes of the heap beside the photos: of the photo that is worked on, or of as many as are at once.
     *
     * @param width or height, which is either where a photo is not upright
     * @param maxEdgePixels that its longer side is shortened to before; 0 for none
     * @return bytes
     */
    long heapBytes(int width, int height, int maxEdgePixels) {
        double scale = 1;
        if (maxEdgePixels > 0) {
            scale = Math.min(scale, (double) maxEdgePixels / Math.max(width, height));
        }
        if (onlyWidth > 0) {
            scale = Math.min(scale, Math.max(scale(width, height), scale(height, width)));
        }
        long each = Stylizer.heapBytes((int) Math.ceil(width * scale), (int) Math.ceil(height * scale));
        if (!device.processor().isGpu() || foreign) {
            return each;
        }
        // A GPU's sessions keep to a third of the heap together, or to one photo.
        return Math.min(gpuSessions * each, Math.max(each, Runtime.getRuntime().maxMemory() / 3));
    }

    private double scale(int width, int height) {
        return Math.min((double) onlyWidth / width, (double) onlyHeight / height);
    }

    /** What would end the process, with all that its other tasks have under way, where Spark has it killed for want of heap. */
    static void checkHeap(int width, int height, long heapBytes) throws ImageRefusedException {
        long needed = Stylizer.heapBytes(width, height);
        if (needed > heapBytes / 4 * 3) {
            throw new ImageRefusedException(
                    RefusalReason.TOO_LARGE_FOR_MEMORY,
                    String.format(
                            "%d x %d pixels need about %,d MiB of heap for themselves, of which there are %,d MiB "
                                    + "(--driver-memory on one machine, --executor-memory on a cluster)",
                            width, height, needed >> 20, heapBytes >> 20));
        }
    }

    /** What this process may take beside its heap, which ONNX Runtime, unlike ND4J, does not watch itself. */
    private static long nativeBytes() {
        long process = Pointer.maxPhysicalBytes();
        return process > 0 ? Math.max(0, process - Runtime.getRuntime().maxMemory()) : Long.MAX_VALUE;
    }

    /** What tasks make pictures on. */
    StylizingDevice device() {
        return device;
    }

    /** Frees the executors' copies of the model's files; engines stay until another model needs their place. */
    void release() {
        files.destroy();
    }

    /** A model's folder without a file system. */
    private record InMemory(HashMap<String, byte[]> files) implements ModelFiles {
        @Override
        public String location() {
            return "broadcast";
        }

        @Override
        public List<String> names() {
            return List.copyOf(files.keySet());
        }

        @Override
        public byte[] read(String name, long maxBytes) {
            return files.get(name);
        }

        @Override
        public void write(String name, byte[] bytes) {
            files.put(name, bytes);
        }

        @Override
        public void delete(String name) {
            files.remove(name);
        }
    }
}
