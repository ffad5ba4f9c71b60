package io.toonlake.job;

import io.toonlake.device.DeviceException;
import io.toonlake.device.Engine;
import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.PixelImage;
import io.toonlake.stylize.CudaProvider;
import io.toonlake.stylize.Processor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a process has of what jobs need: Java, memory, disk, natives, a GPU. */
final class Diagnosis {
    private static final int JAVA = 17;
    private static final long GIB = 1L << 30;
    /** Natives are unpacked to the cache once: 0.6 GB, or 1.2 with a provider for GPUs. */
    private static final long CACHE_BYTES = GIB;
    /** A photo of six megapixels in tiles, and what natives take by themselves. */
    static final long NATIVE_BYTES = 2 * GIB;

    private Diagnosis() {}

    /**
     * @param gpu that jobs would compute on here
     * @param training whether they shall train on it
     */
    static List<Finding> ofProcess(String where, int gpu, boolean training) {
        List<Finding> findings = new ArrayList<>();
        findings.add(java(where));
        findings.add(memory(where));
        findings.add(cache(where));
        findings.add(natives(where, "ONNX Runtime", Diagnosis::onnxRuntime));
        findings.add(natives(where, "ND4J", Diagnosis::nd4j));
        findings.add(natives(where, "OpenCV", Diagnosis::openCv));
        findings.add(natives(where, "FFmpeg", () -> avutil.av_version_info().getString()));
        findings.add(stylizingGpu(where, gpu));
        if (training) {
            findings.add(trainingGpu(where, gpu));
        }
        return findings;
    }

    private static Finding java(String where) {
        Runtime.Version version = Runtime.version();
        String said = version + " (" + System.getProperty("java.vendor") + "), " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch");
        return version.feature() == JAVA
                ? Finding.good(where, "Java", said)
                : Finding.wrong(where, "Java", said + ": Spark 3.5 and ND4J want a 17 (set JAVA_HOME to one)");
    }

    private static Finding memory(String where) {
        long heap = Runtime.getRuntime().maxMemory();
        long machine = ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
        long process = Pointer.maxPhysicalBytes();
        long allowed = process > 0 ? Math.min(process, machine) : machine;
        String said = "%.1f GiB of heap, %.1f GiB for the process, of %.1f GiB"
                .formatted(heap / (double) GIB, allowed / (double) GIB, machine / (double) GIB);
        return allowed - heap >= NATIVE_BYTES
                ? Finding.good(where, "memory", said)
                : Finding.wrong(
                        where,
                        "memory",
                        said + ": networks and pictures live beside the heap, and have less than 2 GiB there "
                                + "(TOONLAKE_MEMORY or a smaller --driver-memory on one machine, spark.executor.memoryOverhead on a cluster)");
    }

    private static Finding cache(String where) {
        try {
            Path cache = Loader.getCacheDir().toPath();
            Files.createDirectories(cache);
            Files.delete(Files.createTempFile(cache, "doctor", null));
            long free = Files.getFileStore(cache).getUsableSpace();
            String said = "%s, %.1f GiB free".formatted(cache, free / (double) GIB);
            return free >= CACHE_BYTES
                    ? Finding.good(where, "natives' cache", said)
                    : Finding.note(
                            where,
                            "natives' cache",
                            said
                                    + ": unpacking natives takes 1 GiB the first time (-Dorg.bytedeco.javacpp.cachedir names another place)");
        } catch (IOException e) {
            return Finding.wrong(
                    where,
                    "natives' cache",
                    e + ": natives cannot be unpacked (-Dorg.bytedeco.javacpp.cachedir names another place)");
        }
    }

    private static Finding natives(String where, String what, Callable<String> used) {
        try {
            return Finding.good(where, what, used.call());
        } catch (LinkageError e) {
            return Finding.wrong(
                    where,
                    what,
                    "Cannot load it: " + e
                            + " (there are natives for the platform that it was built on; Linux on x86-64 is what is tested)");
        } catch (Exception | Error e) {
            return Finding.wrong(where, what, "Cannot use it: " + e);
        }
    }

    private static String onnxRuntime() {
        Optional<String> problem = CudaProvider.problem(Processor.CPU);
        if (problem.isPresent()) {
            throw new IllegalStateException(problem.get());
        }
        return "computes";
    }

    private static String nd4j() {
        Engine.useCpuUnlessStarted();
        try (INDArray ones = Nd4j.ones(8, 8)) {
            double sum = ones.mmul(ones).sumNumber().doubleValue();
            if (sum != 512) {
                throw new IllegalStateException("it computes " + sum + " where 512 is right");
            }
            return "computes on "
                    + Nd4j.getExecutioner().getEnvironmentInformation().getProperty("backend");
        }
    }

    private static String openCv() throws Exception {
        PixelImage picture = PixelImage.bgr(8, 8, new byte[8 * 8 * 3]);
        byte[] png = new ImageEncoder().encode(picture, ImageFormat.PNG, 100);
        if (new ImageDecoder(new DecodeLimits(GIB, GIB / 4, 1))
                        .decode(png)
                        .image()
                        .width()
                != 8) {
            throw new IllegalStateException("a picture comes back in another size");
        }
        return "writes and reads pictures";
    }

    private static Finding stylizingGpu(String where, int gpu) {
        String what = "GPU, stylizing";
        try {
            if (!CudaProvider.isBuiltIn()) {
                return Finding.note(where, what, "this build stylizes on CPUs (docs/gpu.md has those for GPUs)");
            }
            return CudaProvider.problem(gpu)
                    .map(problem -> Finding.note(
                            where, what, "GPU " + gpu + " cannot be computed on: " + problem + " (docs/gpu.md)"))
                    .orElseGet(() -> Finding.good(where, what, "GPU " + gpu + " computes"));
        } catch (RuntimeException | LinkageError e) {
            return Finding.note(where, what, "Cannot look: " + e);
        }
    }

    private static Finding trainingGpu(String where, int gpu) {
        String what = "GPU, training";
        try {
            Engine.checkGpu(gpu);
            return Finding.good(where, what, "ND4J has code for GPU " + gpu);
        } catch (RuntimeException | LinkageError e) {
            return Finding.wrong(where, what, e instanceof DeviceException ? e.getMessage() : e.toString());
        }
    }
}
