package io.toonlake.benchmark;

import io.toonlake.edge.EdgeSettings;
import io.toonlake.edge.EdgeSmoother;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.PixelImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Smooths the edges of a folder's PNG files into another for every line read, as Spark's tasks do it; see {@code benchmarks/edges.py}. */
final class EdgeSmoothing {
    private EdgeSmoothing() {}

    /** Arguments: the folder, another one, threads. */
    public static void main(String[] args) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(Path.of(args[0]))) {
            files = listed.sorted().toList();
        }
        Path into = Path.of(args[1]);
        ExecutorService threads = Executors.newFixedThreadPool(Integer.parseInt(args[2]));
        ImageDecoder decoder = new ImageDecoder(new DecodeLimits(1 << 30, 100_000_000, 1));
        EdgeSmoother smoother = new EdgeSmoother(EdgeSettings.DEFAULT);
        Answering.loop(() -> {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (Path file : files) {
                tasks.add(() -> {
                    PixelImage cartoon =
                            decoder.decode(Files.readAllBytes(file)).image();
                    Files.write(
                            into.resolve(file.getFileName()),
                            new ImageEncoder().encode(smoother.smooth(cartoon), ImageFormat.PNG, 100));
                    return null;
                });
            }
            try {
                for (Future<Void> future : threads.invokeAll(tasks)) {
                    future.get();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return () -> "{\"pictures\": " + files.size() + "}";
        });
        threads.shutdownNow();
    }
}
