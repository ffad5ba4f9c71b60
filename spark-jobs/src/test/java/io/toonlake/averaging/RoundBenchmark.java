package io.toonlake.averaging;

import io.toonlake.averaging.TrainingSample.Kind;
import io.toonlake.config.Settings;
import io.toonlake.config.TrainSection.Transfer;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.PixelImage;
import io.toonlake.network.Network;
import io.toonlake.training.TrainingSettings;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.storage.BlockUpdatedInfo;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Measures rounds; {@code benchmarks/averaging} calls it. Arguments: {@code cluster} (by averaging, master and all of Spark's settings being
 * system properties) or {@code bare} (one trainer without Spark), then as many {@code train.*} settings as wanted.
 */
public final class RoundBenchmark {
    private static final int WORKERS = 2;
    private static final int SAMPLES = 8;

    private RoundBenchmark() {}

    public static void main(String[] arguments) throws InterruptedException {
        List<String> given = List.of(arguments).subList(1, arguments.length);
        Settings settings = Settings.load(List.of(), given);
        RoundPlan plan = new RoundPlan(
                0,
                settings.train().rounds().adversarial(),
                settings.train().rounds().stepsPerRound());
        if (arguments[0].equals("bare")) {
            bare(settings, plan);
        } else {
            cluster(settings, plan);
        }
    }

    /** Random features of the widths that the settings say: they take the same time as trained ones. */
    private static GanWorkers workers(Settings settings) {
        return new GanWorkers(
                settings.train().training(),
                new RandomFeatureSource(settings.train().features().randomWidths(), 1),
                1);
    }

    /** The same steps as a worker's, with nothing but them. The first round warms up. */
    private static void bare(Settings settings, RoundPlan plan) {
        GanWorkers workers = workers(settings);
        float[] state = workers.initialState().values();
        TrainingSettings training = settings.train().training();
        Iterator<MultiDataSet> share = samples(training, 0).iterator();
        try (LocalWorker worker = workers.open(0, share)) {
            worker.load(plan.round(1), FloatBuffer.wrap(state));
            long start = 0;
            for (int number = 1; number <= plan.rounds(); number++) {
                if (number == 2) {
                    start = System.nanoTime();
                }
                for (int step = 0; step < plan.stepsPerRound(); step++) {
                    MultiDataSet batch = worker.batch(step);
                    worker.step(batch);
                    for (INDArray array : batch.getFeatures()) {
                        array.close();
                    }
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            say("examples/s %.4f", (plan.rounds() - 1) * plan.stepsPerRound() * training.batchSize() / seconds);
            say("peak memory %d MiB", peakResidentMebibytes());
        }
    }

    /** The most memory this process has had in use so far, native memory included; 0 where the system does not tell. */
    private static long peakResidentMebibytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    private static void cluster(Settings settings, RoundPlan plan) throws InterruptedException {
        TrainingSettings training = settings.train().training();
        Transfer transfer = settings.train().transfer();
        GanWorkers workers = workers(settings);
        Traffic traffic = new Traffic();
        List<RoundResult> results = new ArrayList<>();
        long[] ended = new long[plan.rounds() + 1];
        long[][] moved = new long[plan.rounds() + 1][];
        SparkConf conf = new SparkConf().setAppName("round-benchmark");
        try (JavaSparkContext context = new JavaSparkContext(conf)) {
            context.sc().addSparkListener(traffic);
            List<MultiDataSet> samples = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                samples.addAll(samples(training, worker));
            }
            JavaRDD<MultiDataSet> shares = context.parallelize(samples, WORKERS).persist(StorageLevel.DISK_ONLY());
            AveragingTrainingMaster master = new AveragingTrainingMaster(
                    workers, "benchmark", plan, transfer, workers.initialState(), 0, result -> {
                        // As train does: a state kept for each round would fill the heap, and collecting garbage takes
                        // time.
                        results.add(withoutState(result));
                        ended[result.round().number()] = System.nanoTime();
                        // Spark tells its listeners a moment later.
                        Moments.pause(500);
                        moved[result.round().number()] = traffic.take();
                    });
            try (Network generator = workers.generator()) {
                new SparkComputationGraph(context, generator.graph(), master).fitMultiDataSet(shares);
            }
            List<Long> peaks = shares.mapPartitions(
                            share -> List.of(peakResidentMebibytes()).iterator())
                    .collect();
            say("peak memory of the executors %s MiB, of the driver %d MiB", peaks, peakResidentMebibytes());
        }
        // The first round opens the workers and warms up.
        double pauses = (plan.rounds() - 1) * 0.5;
        double seconds = (ended[plan.rounds()] - ended[1]) / 1e9 - pauses;
        List<RoundResult> warm = results.subList(1, results.size());
        say("examples/s %.4f", warm.stream().mapToLong(RoundResult::examples).sum() / seconds);
        // A worker that waits for the slowest one takes no steps: its wait counts as time outside of them.
        double steps = median(warm.stream()
                .map(result -> result.examplesPerSecond().stream()
                        .mapToDouble(speed -> plan.stepsPerRound() * training.batchSize() / speed)
                        .average()
                        .orElseThrow())
                .toList());
        double broadcast =
                median(warm.stream().map(RoundResult::broadcastSeconds).toList());
        double compute = median(warm.stream().map(RoundResult::computeSeconds).toList());
        double average = median(warm.stream().map(RoundResult::averageSeconds).toList());
        say("broadcast %.3f s, steps %.3f s, average %.3f s", broadcast, compute, average);
        say("a worker's own steps %.3f s, the mean of both", steps);
        say("outside local steps %.4f", 1 - steps / (broadcast + compute + average));
        long state = 4L * workers.initialState().values().length;
        for (int part = 0; part < Traffic.PARTS.size(); part++) {
            int of = part;
            say(
                    "%s %.4f of the state",
                    Traffic.PARTS.get(of),
                    median(java.util.Arrays.stream(moved)
                                    .skip(2)
                                    .map(round -> (double) round[of])
                                    .toList())
                            / state);
        }
        double all = median(java.util.Arrays.stream(moved)
                .skip(2)
                .map(round -> (double) java.util.Arrays.stream(round).sum())
                .toList());
        say("bytes moved %.4f of the least: state to and from each worker", all / (2.0 * WORKERS * state));
    }

    private static RoundResult withoutState(RoundResult result) {
        return new RoundResult(
                result.round(),
                new float[0],
                result.examples(),
                result.losses(),
                result.examplesPerSecond(),
                result.broadcastSeconds(),
                result.computeSeconds(),
                result.averageSeconds(),
                result.finished());
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    private static List<MultiDataSet> samples(TrainingSettings settings, int worker) {
        int size = settings.cropPixels();
        List<MultiDataSet> samples = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (int i = 0; i < SAMPLES; i++) {
                byte[] pixels = new byte[size * size * 3];
                new SplittableRandom(1_000L * worker + 100 * kind.ordinal() + i).nextBytes(pixels);
                byte[] png = new ImageEncoder().encode(PixelImage.bgr(size, size, pixels), ImageFormat.PNG, 100);
                samples.add(new SampleDataSet(new TrainingSample(kind, i, kind + " " + i, png)));
            }
        }
        return samples;
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    /** What crosses the network, by Spark's own counts. */
    private static final class Traffic extends SparkListener {
        private static final List<String> PARTS =
                List.of("broadcast to executors", "shuffle between executors", "results to the driver");
        private final Map<String, AtomicLong> bytes =
                Map.of(PARTS.get(0), new AtomicLong(), PARTS.get(1), new AtomicLong(), PARTS.get(2), new AtomicLong());

        long[] take() {
            return PARTS.stream()
                    .mapToLong(part -> bytes.get(part).getAndSet(0))
                    .toArray();
        }

        @Override
        public void onBlockUpdated(SparkListenerBlockUpdated event) {
            BlockUpdatedInfo block = event.blockUpdatedInfo();
            boolean arrived =
                    block.blockId().isBroadcast() && block.storageLevel().isValid();
            if (arrived
                    && !block.blockManagerId().isDriver()
                    && block.blockId().name().contains("piece")) {
                bytes.get(PARTS.get(0)).addAndGet(block.memSize() + block.diskSize());
            }
        }

        @Override
        public void onTaskEnd(SparkListenerTaskEnd task) {
            TaskMetrics metrics = task.taskMetrics();
            if (metrics != null) {
                bytes.get(PARTS.get(1)).addAndGet(metrics.shuffleReadMetrics().remoteBytesRead());
                bytes.get(PARTS.get(2)).addAndGet(metrics.resultSize());
            }
        }
    }
}
