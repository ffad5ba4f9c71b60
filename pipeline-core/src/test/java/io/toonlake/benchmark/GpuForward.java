package io.toonlake.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.model.Model;
import io.toonlake.model.ModelFiles;
import io.toonlake.model.ModelFolder;
import io.toonlake.stylize.BenchmarkedEngine;
import io.toonlake.stylize.CudaProvider;
import io.toonlake.stylize.GpuFailedException;
import io.toonlake.stylize.Precision;
import io.toonlake.stylize.Processor;
import io.toonlake.stylize.StylizingEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** A generator on a GPU, or on the CPU where there is none: does what each line says; see {@code benchmarks/gpu.py}. */
final class GpuForward {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Model model;
    private final Processor processor;
    private final int threads;
    private final Map<String, StylizingEngine> engines = new HashMap<>();
    private final Map<String, float[]> pictures = new HashMap<>();

    private GpuForward(Model model, Processor processor, int threads) {
        this.model = model;
        this.processor = processor;
        this.threads = threads;
    }

    /** Arguments: the model's folder, gpu or cpu, threads. */
    public static void main(String[] args) throws IOException {
        Processor processor = args[1].equals("gpu") ? Processor.gpu(0) : Processor.CPU;
        GpuForward forward =
                new GpuForward(ModelFolder.read(ModelFiles.at(Path.of(args[0]))), processor, Integer.parseInt(args[2]));
        Answering.loop(forward::answer);
    }

    private Supplier<String> answer(String question) {
        String[] words = question.split(" ");
        try {
            return switch (words[0]) {
                case "problem" -> problem();
                case "open" -> open(words[1], words[2], words[3]);
                case "run" -> run(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]), Path.of(words[4]));
                case "close" -> close(words[1]);
                default -> throw new IllegalArgumentException("Invalid question: " + question);
            };
        } catch (GpuFailedException | IllegalStateException e) {
            return () -> json(Map.of("error", String.valueOf(e.getMessage())));
        }
    }

    /** Why the GPU cannot be computed on. */
    private Supplier<String> problem() {
        String problem = CudaProvider.isBuiltIn() ? CudaProvider.problem(0).orElse("") : "this build has no provider";
        return () -> json(Map.of("problem", problem));
    }

    private Supplier<String> open(String name, String how, String precision) {
        engines.put(
                name,
                BenchmarkedEngine.open(
                        model, how, Precision.valueOf(precision.toUpperCase(Locale.ROOT)), threads, processor));
        return () -> "{}";
    }

    /** The cartoon is written beside the picture, once. */
    private Supplier<String> run(String name, int width, int height, Path file) {
        float[] picture = pictures.computeIfAbsent(file.toString(), named -> Answering.values(file));
        StylizingEngine engine = engines.get(name);
        float[] cartoon = engine.stylize(picture, width, height);
        return () -> {
            Path written = Path.of(file + "." + name);
            if (!Files.exists(written)) {
                write(written, cartoon);
            }
            return json(Map.of("engine", engine.kindFor(width, height).code()));
        };
    }

    private Supplier<String> close(String name) {
        engines.remove(name).close();
        return () -> "{}";
    }

    private static void write(Path file, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        try {
            Files.write(file, bytes.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String json(Map<String, String> answer) {
        try {
            return JSON.writeValueAsString(answer);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
