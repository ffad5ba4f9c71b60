package io.toonlake.stylize;

import com.sun.management.OperatingSystemMXBean;
import io.toonlake.model.Model;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;

/** One drawn picture on one engine, after a small one: prints seconds and processor seconds. {@code benchmarks/run tiles} calls it. */
final class EngineBenchmark {
    private EngineBenchmark() {}

    /** @param arguments engine, width and height of the picture in pixels, threads, GiB that an engine may take */
    public static void main(String[] arguments) {
        int width = Integer.parseInt(arguments[1]);
        int height = Integer.parseInt(arguments[2]);
        Model model = DrawnGenerator.model(GeneratorArchitecture.published(Padding.ZERO));
        float[] photo = new float[3 * width * height];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < photo.length; i++) {
            photo[i] = (float) random.nextDouble(-1, 1);
        }
        OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (StylizingEngine engine = EngineKind.valueOf(arguments[0])
                .open(model, Integer.parseInt(arguments[3]), Long.parseLong(arguments[4]) << 30)) {
            engine.stylize(new float[3 * 64 * 64], 64, 64);
            long start = System.nanoTime();
            long startOfProcessor = process.getProcessCpuTime();
            engine.stylize(photo, width, height);
            System.out.printf(
                    "%.3f %.3f%n",
                    (System.nanoTime() - start) / 1e9, (process.getProcessCpuTime() - startOfProcessor) / 1e9);
        }
        System.exit(0);
    }
}
