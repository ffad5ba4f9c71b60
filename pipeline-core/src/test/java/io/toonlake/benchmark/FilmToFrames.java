package io.toonlake.benchmark;

import io.toonlake.film.FilmAnalysis;
import io.toonlake.film.FilmFrames;
import io.toonlake.film.FilmIndex;
import io.toonlake.film.FilmSegment;
import io.toonlake.film.FilmSettings;
import io.toonlake.film.FilmSource;
import io.toonlake.film.FrameChoice;
import io.toonlake.film.FrameChooser;
import io.toonlake.film.SegmentStatistics;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.PixelImage;
import io.toonlake.ingest.SampleCutter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A film to samples in a folder for every line read, as Spark's tasks do it; see {@code benchmarks/films.py}. */
final class FilmToFrames {
    private static final int CHUNK = 8;

    private FilmToFrames() {}

    /** Arguments: the film, a folder, threads, frames a scene, pixels of a sample's side, seconds a task decodes. */
    public static void main(String[] args) throws IOException {
        Path film = Path.of(args[0]);
        Path folder = Path.of(args[1]);
        ExecutorService threads = Executors.newFixedThreadPool(Integer.parseInt(args[2]));
        FilmSettings settings = new FilmSettings(27, 15, Integer.parseInt(args[3]), 2, 5, 20, 0, 0, true, 0);
        SampleCutter cutter = new SampleCutter(Integer.parseInt(args[4]), 1);
        double segmentSeconds = Double.parseDouble(args[5]);
        Answering.loop(() -> {
            try {
                FilmIndex index;
                try (FilmSource source = FilmSource.of(film)) {
                    index = FilmIndex.of(source, new DecodeLimits(1, 100_000_000, 16));
                }
                List<Callable<SegmentStatistics>> measuring = new ArrayList<>();
                for (FilmSegment segment : index.segments(segmentSeconds)) {
                    measuring.add(() -> {
                        try (FilmSource source = FilmSource.of(film)) {
                            return FilmAnalysis.of(source, index, segment);
                        }
                    });
                }
                FrameChoice choice = new FrameChooser(settings).choose(index, all(threads, measuring));
                List<Callable<Integer>> taking = new ArrayList<>();
                for (int from = 0; from < choice.chosen().size(); from += CHUNK) {
                    List<Long> chunk = choice.chosen()
                            .subList(from, Math.min(choice.chosen().size(), from + CHUNK));
                    taking.add(() -> take(film, folder, index, choice, chunk, cutter));
                }
                int taken = all(threads, taking).stream()
                        .mapToInt(Integer::intValue)
                        .sum();
                return () -> String.format(
                        "{\"frames\": %d, \"scenes\": %d, \"taken\": %d}", index.frames(), choice.scenes(), taken);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        threads.shutdownNow();
    }

    private static int take(
            Path film, Path folder, FilmIndex index, FrameChoice choice, List<Long> timestamps, SampleCutter cutter)
            throws Exception {
        ImageEncoder encoder = new ImageEncoder();
        int[] taken = {0};
        try (FilmSource source = FilmSource.of(film)) {
            FilmFrames.take(source, index, timestamps, (timestamp, frame) -> {
                PixelImage sample = cutter.cut(choice.crop().of(frame)).get(0).image();
                try {
                    Files.write(folder.resolve(timestamp + ".png"), encoder.encode(sample, ImageFormat.PNG, 100));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
                taken[0]++;
            });
        }
        return taken[0];
    }

    private static <T> List<T> all(ExecutorService threads, List<Callable<T>> tasks) throws Exception {
        List<T> results = new ArrayList<>();
        for (Future<T> future : threads.invokeAll(tasks)) {
            results.add(future.get());
        }
        return results;
    }
}
