package io.toonlake.job;

import io.toonlake.device.Engine;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.PixelImage;
import io.toonlake.image.RefusalReason;
import io.toonlake.model.Model;
import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFolder;
import io.toonlake.stylize.EngineCache;
import io.toonlake.stylize.EngineKind;
import io.toonlake.stylize.Stylizer;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** A model on its way to the executors, where all tasks of a JVM share one engine for it. */
final class SharedStylizer implements Serializable {
    private static final long serialVersionUID = 1L;

    private final EngineKind kind;
    private final int threads;
    private final String fingerprint;
    private final Broadcast<HashMap<String, byte[]>> files;

    /** @param threads of an engine; 0 for as many as an executor has cores */
    SharedStylizer(JavaSparkContext spark, Model model, EngineKind kind, int threads) {
        InMemory folder = new InMemory(new HashMap<>());
        try {
            ModelFolder.writeReadable(model, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.kind = kind;
        this.threads = threads;
        this.fingerprint = model.fingerprint();
        this.files = spark.broadcast(folder.files());
    }

    /**
     * A cartoon and what made it.
     *
     * @param seconds that the engine worked, without the wait for it
     */
    record Stylized(PixelImage picture, EngineKind engine, double seconds) {}

    /**
     * Waits for this JVM's engine and stylizes. A picture that the engine of choice would need more memory for goes to the one that takes
     * less.
     *
     * @param maxBytes of working memory
     * @throws ImageRefusedException where no engine can do with that much
     */
    Stylized stylize(PixelImage picture, long maxBytes) throws ImageRefusedException {
        long[] needed = new long[1];
        for (EngineKind each : kind == EngineKind.ND4J ? List.of(kind) : List.of(kind, EngineKind.ND4J)) {
            Optional<Stylized> stylized = use(each, stylizer -> {
                needed[0] = stylizer.estimatedBytes(picture.width(), picture.height());
                if (needed[0] > maxBytes) {
                    return Optional.empty();
                }
                long start = System.nanoTime();
                PixelImage cartoon = stylizer.stylize(picture);
                return Optional.of(new Stylized(cartoon, each, (System.nanoTime() - start) / 1e9));
            });
            if (stylized.isPresent()) {
                return stylized.get();
            }
        }
        throw new ImageRefusedException(
                RefusalReason.TOO_LARGE_FOR_MEMORY,
                String.format(
                        "%d x %d pixels need about %,d MiB of working memory (stylize.engine-memory allows %,d MiB)",
                        picture.width(), picture.height(), needed[0] >> 20, maxBytes >> 20));
    }

    /** Frees the executors' copies of the model's files; engines stay until another model needs their place. */
    void release() {
        files.destroy();
    }

    private <T> T use(EngineKind engine, Function<Stylizer, T> use) {
        // All tasks of a JVM share an engine, which on GPUs would be wherever its first task was.
        Engine.useCpuUnlessStarted();
        int ofEngine = threads > 0 ? threads : executorCores();
        try {
            return EngineCache.shared()
                    .use(
                            new EngineCache.Key(fingerprint, engine, ofEngine),
                            () -> engine.open(ModelFolder.read(new InMemory(files.value())), ofEngine),
                            loaded -> use.apply(new Stylizer(loaded)));
        } catch (IOException e) {
            // The driver wrote these bytes from a model that it had checked.
            throw new UncheckedIOException(e);
        }
    }

    /** What Spark was told, or else what the machine or its container has. */
    private static int executorCores() {
        return SparkEnv.get()
                .conf()
                .getInt("spark.executor.cores", Runtime.getRuntime().availableProcessors());
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
    }
}
