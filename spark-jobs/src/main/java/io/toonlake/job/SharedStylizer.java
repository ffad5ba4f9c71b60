package io.toonlake.job;

import io.toonlake.device.Engine;
import io.toonlake.image.PixelImage;
import io.toonlake.model.Model;
import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFolder;
import io.toonlake.stylize.EngineCache;
import io.toonlake.stylize.Nd4jEngine;
import io.toonlake.stylize.Stylizer;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** A model on its way to the executors, where all tasks of a JVM share one engine for it. */
final class SharedStylizer implements Serializable {
    private static final long serialVersionUID = 1L;
    static final String ENGINE = "nd4j";

    private final String fingerprint;
    private final Broadcast<HashMap<String, byte[]>> files;

    SharedStylizer(JavaSparkContext spark, Model model) {
        InMemory folder = new InMemory(new HashMap<>());
        try {
            ModelFolder.write(model, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.fingerprint = model.fingerprint();
        this.files = spark.broadcast(folder.files());
    }

    /** Waits for this JVM's engine and stylizes. */
    PixelImage stylize(PixelImage picture) {
        return use(stylizer -> stylizer.stylize(picture));
    }

    /** The most memory that a picture of this size takes, in bytes. */
    long estimatedBytes(int width, int height) {
        return use(stylizer -> stylizer.estimatedBytes(width, height));
    }

    /** Frees the executors' copies of the model's files; engines stay until another model needs their place. */
    void release() {
        files.destroy();
    }

    private <T> T use(java.util.function.Function<Stylizer, T> use) {
        // All tasks of a JVM share an engine, which on GPUs would be wherever its first task was.
        Engine.useCpuUnlessStarted();
        try {
            return EngineCache.shared()
                    .use(
                            fingerprint,
                            () -> new Nd4jEngine(ModelFolder.read(new InMemory(files.value()))),
                            engine -> use.apply(new Stylizer(engine)));
        } catch (IOException e) {
            // The driver wrote these bytes from a model that it had checked.
            throw new UncheckedIOException(e);
        }
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
