package io.toonlake.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Java side of a benchmark: does its work once for every line it reads, and answers with a line of JSON. So the script that
 * asks can let the other side have the machine in between.
 */
final class Answering {
    private Answering() {}

    /**
     * Answers until the input ends. What else is printed goes to the standard error.
     *
     * @param work what is timed; it gives what the answer's result is made by, which is not timed
     */
    static void loop(Supplier<Supplier<String>> work) throws IOException {
        loop(question -> work.get());
    }

    /** @param work that a line asks for */
    static void loop(Function<String, Supplier<String>> work) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        answers.println("{\"ready\": true}");
        for (String question = questions.readLine(); question != null; question = questions.readLine()) {
            long start = System.nanoTime();
            long cpuStart = process.getProcessCpuTime();
            Supplier<String> result = work.apply(question);
            long nanoseconds = System.nanoTime() - start;
            long cpuNanoseconds = process.getProcessCpuTime() - cpuStart;
            answers.printf(
                    "{\"seconds\": %.6f, \"cpu_seconds\": %.6f, \"peak_bytes\": %d, \"result\": %s}%n",
                    nanoseconds / 1e9, cpuNanoseconds / 1e9, peakResidentBytes(), result.get());
        }
    }

    /** The most memory this process has had in use so far, native memory included; 0 where the system does not tell. */
    private static long peakResidentBytes() {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The little-endian single-precision values of a file. */
    static float[] values(Path file) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            float[] values = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(values);
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static INDArray array(Path file, long... shape) {
        return Nd4j.createFromArray(values(file)).reshape('c', shape);
    }
}
