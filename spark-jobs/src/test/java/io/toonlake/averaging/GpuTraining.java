package io.toonlake.averaging;

import io.toonlake.averaging.TrainingSample.Kind;
import io.toonlake.config.Settings;
import io.toonlake.config.TrainSection.Transfer;
import io.toonlake.device.Device;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.PixelImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Three rounds of two workers on local-cluster, whose one machine says that it has GPUs. Instead of putting threads on them, it
 * writes a file for each time that a thread would have been.
 */
final class GpuTraining {
    private GpuTraining() {}

    /** @param arguments the folder to work in, and the discovery script */
    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        try (SparkSession spark = session(arguments[1])) {
            TaskDevice device = new TaskDevice(
                    Device.GPU, new Recorder(folder.resolve("taken").toString()));
            String problem = device.problem(spark.sparkContext().conf());
            if (!problem.isEmpty()) {
                throw new IllegalStateException(problem);
            }
            device.take();
            GanWorkers workers = new GanWorkers(
                    Settings.load(
                                    List.of(),
                                    List.of(
                                            "train.generator.width=2",
                                            "train.generator.residual-blocks=1",
                                            "train.discriminator.width=2",
                                            "train.batch-size=2",
                                            "train.crop-pixels=32"))
                            .train()
                            .training(),
                    new RandomFeatureSource(List.of(2), 1),
                    1,
                    device);
            JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
            JavaRDD<MultiDataSet> shares = context.parallelize(List.of(0, 1), 2)
                    .flatMap(GpuTraining::share)
                    .map(SampleDataSet::new);
            RoundPlan plan = new RoundPlan(1, 2, 1);
            float[] state = workers.initialState().values();
            try (ParameterAveraging<MultiDataSet> averaging =
                    new ParameterAveraging<>(context, shares, workers, "gpus", Transfer.FLOAT32)) {
                for (int number = 1; number <= plan.rounds(); number++) {
                    state = averaging.run(plan.round(number), state).state();
                }
            }
        }
        System.exit(0);
    }

    private static Iterator<TrainingSample> share(int worker) {
        byte[] grey = new byte[3 * 32 * 32];
        Arrays.fill(grey, (byte) (100 + worker));
        byte[] png = new ImageEncoder().encode(PixelImage.bgr(32, 32, grey), ImageFormat.PNG, 100);
        return Stream.of(Kind.values())
                .map(kind -> new TrainingSample(kind, worker, kind + " " + worker, png))
                .iterator();
    }

    private static SparkSession session(String discovery) {
        return SparkSession.builder()
                .master("local-cluster[1,2,1024]")
                .appName("toonlake-gpus")
                .config("spark.executor.cores", "1")
                .config("spark.executor.memory", "512m")
                .config("spark.worker.resource.gpu.amount", "2")
                .config("spark.worker.resource.gpu.discoveryScript", discovery)
                .config("spark.executor.resource.gpu.amount", "1")
                .config("spark.task.resource.gpu.amount", "1")
                .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .config("spark.executorEnv.OMP_WAIT_POLICY", "passive")
                // Both executors are there before the first task, so that no worker waits for the other's.
                .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .getOrCreate();
    }

    /**
     * What a thread was told to take, beside what Spark assigned to its task.
     *
     * @param round {@code closing} after the last one
     */
    record Taken(int gpu, String assigned, String round, int worker, String executor, boolean beforeNd4j) {
        static Taken read(Path file) {
            try {
                String[] parts = Files.readString(file).split(" ");
                return new Taken(
                        Integer.parseInt(parts[0]),
                        parts[1],
                        parts[2],
                        Integer.parseInt(parts[3]),
                        parts[4],
                        Boolean.parseBoolean(parts[5]));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void write(Path folder) throws IOException {
            Files.createDirectories(folder);
            Path file = folder.resolve(UUID.randomUUID().toString());
            Files.writeString(
                    file, gpu + " " + assigned + " " + round + " " + worker + " " + executor + " " + beforeNd4j);
        }
    }

    private record Recorder(String folder) implements TaskDevice.Chooser {
        @Override
        public void useGpu(int gpu) {
            TaskContext task = TaskContext.get();
            try {
                new Taken(
                                gpu,
                                String.join("+", task.resourcesJMap().get("gpu").addresses()),
                                Objects.requireNonNullElse(task.getLocalProperty("mdc.round"), "closing"),
                                task.partitionId(),
                                SparkEnv.get().executorId(),
                                !nd4jIsLoaded())
                        .write(Path.of(folder));
            } catch (IOException | ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }

        private static boolean nd4jIsLoaded() throws ReflectiveOperationException {
            Method loaded = ClassLoader.class.getDeclaredMethod("findLoadedClass", String.class);
            loaded.setAccessible(true);
            return loaded.invoke(GpuTraining.class.getClassLoader(), "org.nd4j.linalg.factory.Nd4j") != null;
        }
    }
}
