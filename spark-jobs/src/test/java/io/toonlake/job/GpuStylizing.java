package io.toonlake.job;

import io.toonlake.image.ImageRefusedException;
import io.toonlake.model.ModelFolder;
import io.toonlake.scene.SyntheticScenes;
import io.toonlake.storage.HadoopModelFiles;
import io.toonlake.storage.Storage;
import io.toonlake.stylize.DeviceChoice;
import io.toonlake.stylize.EngineKind;
import io.toonlake.stylize.Precision;
import io.toonlake.stylize.Processor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Tasks of stylize on a standalone cluster whose one machine says that it has GPUs: what they would be made on, and, since there is no GPU, what
 * becomes of pictures. Writes the lines to {@code tasks}, {@code pictures} and {@code remarks}.
 */
final class GpuStylizing {
    private GpuStylizing() {}

    /** @param arguments the folder to work in, with a model, and the discovery script */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        try (SparkSession spark = session(arguments[1])) {
            JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
            StylizingDevice able = new StylizingDevice(context, DeviceChoice.AUTO, new Able());
            Files.write(
                    folder.resolve("tasks"),
                    context.parallelize(IntStream.range(0, 16).boxed().toList(), 16)
                            .map(number -> task(able.processor()))
                            .collect());

            StylizingDevice real = new StylizingDevice(context, DeviceChoice.AUTO, StylizingDevice.Cuda.PROVIDER);
            SharedStylizer stylizer = new SharedStylizer(
                    context,
                    ModelFolder.read(new HadoopModelFiles(
                            new Storage(context.hadoopConfiguration()),
                            new org.apache.hadoop.fs.Path(
                                    folder.resolve("model").toUri()))),
                    Optional.empty(),
                    Precision.FP32,
                    EngineKind.ONNXRUNTIME,
                    1,
                    2,
                    real);
            List<String> said =
                    new ArrayList<>(List.of("before: " + real.problem(context).orElseThrow()));
            Files.write(
                    folder.resolve("pictures"),
                    context.parallelize(IntStream.range(0, 8).boxed().toList(), 8)
                            .map(number -> picture(stylizer, number))
                            .collect());
            said.addAll(real.remarks());
            Files.write(folder.resolve("remarks"), said);
        }
        System.exit(0);
    }

    private static String task(Processor processor) throws InterruptedException {
        // So that no slot does the work of all.
        TimeUnit.MILLISECONDS.sleep(200);
        return processor + ", assigned "
                + String.join("+", TaskContext.get().resourcesJMap().get("gpu").addresses()) + ", executor "
                + SparkEnv.get().executorId();
    }

    private static String picture(SharedStylizer stylizer, int seed) {
        try {
            return stylizer.stylize(SyntheticScenes.photo(seed, 32, 32), 1L << 30)
                    .engine();
        } catch (ImageRefusedException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private static SparkSession session(String discovery) {
        return SparkSession.builder()
                .master("local-cluster[1,4,1024]")
                .appName("toonlake-gpus")
                .config("spark.executor.cores", "2")
                .config("spark.executor.memory", "512m")
                .config("spark.worker.resource.gpu.amount", "2")
                .config("spark.worker.resource.gpu.discoveryScript", discovery)
                .config("spark.executor.resource.gpu.amount", "1")
                // Two tasks share a GPU.
                .config("spark.task.resource.gpu.amount", "0.5")
                .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .config("spark.executorEnv.OMP_WAIT_POLICY", "passive")
                .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .getOrCreate();
    }

    /** Has every GPU, without computing on it. */
    private record Able() implements StylizingDevice.Provider {
        @Override
        public boolean isBuiltIn() {
            return true;
        }

        @Override
        public Optional<String> problem(int gpu) {
            return Optional.empty();
        }
    }
}
