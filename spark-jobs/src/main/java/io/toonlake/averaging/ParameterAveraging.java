package io.toonlake.averaging;

import io.toonlake.config.TrainSection.Transfer;
import java.io.Serializable;
import java.nio.FloatBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import scala.Tuple2;

/**
 * Runs rounds over shares that stay where they are.
 *
 * @param <S> what shares are made of
 */
final class ParameterAveraging<S> implements AutoCloseable {
    /** Floats below which cutting the state further only makes more tasks. */
    private static final int LEAST_CHUNK_LENGTH = 1 << 18;

    private static final int LINE = 4096;

    private final JavaSparkContext context;
    private final JavaRDD<S> shares;
    private final LocalWorkers<S> workers;
    private final String run;
    private final Transfer transfer;
    private PackedFloats lastDifferences;

    /**
     * @param shares one partition a worker, in worker order; persisted by the caller, since an executor that takes over a lost one's
     *     worker reads the share again
     * @param run names the run among others in the same executors
     */
    ParameterAveraging(
            JavaSparkContext context, JavaRDD<S> shares, LocalWorkers<S> workers, String run, Transfer transfer) {
        this.context = context;
        this.shares = shares;
        this.workers = workers;
        this.run = run;
        this.transfer = transfer;
    }

    /** The round with the state that it begins with, ready to be sent. */
    AveragingTrainingWorker worker(Round round, float[] state, List<TrainingHook> hooks) {
        StateBroadcast broadcast = transfer == Transfer.FLOAT32
                ? StateBroadcast.whole(context, state)
                : StateBroadcast.differences(context, run, round.number(), state, lastDifferences);
        return new AveragingTrainingWorker(round, broadcast, hooks);
    }

    /**
     * Broadcast, local steps, average.
     *
     * @throws DivergedRoundException where a loss or the average is no number
     */
    RoundResult run(Round round, float[] state) {
        return run(worker(round, state, List.of()), state);
    }

    /** The same with a worker of this object; its broadcast is gone afterwards. */
    RoundResult run(AveragingTrainingWorker worker, float[] state) {
        int length = state.length;
        int workerCount = shares.getNumPartitions();
        int chunks = Math.min(1 + length / LEAST_CHUNK_LENGTH, Math.max(workerCount, context.defaultParallelism()));
        long start = System.currentTimeMillis();
        String description = context.getLocalProperty("spark.job.description");
        context.sc()
                .setJobDescription("round " + worker.round().number() + " ("
                        + worker.round().phase().code() + ")");
        // For the executors' logs, as the run's id is.
        context.setLocalProperty("mdc.round", String.valueOf(worker.round().number()));
        JavaRDD<Chunk> averaged = averaged(worker, workerCount, chunks, length);
        try {
            List<Chunk> parts = averaged.collect();
            float[] next = transfer == Transfer.FLOAT32 ? new float[length] : state.clone();
            PackedFloats differences =
                    transfer == Transfer.FLOAT32 ? null : new PackedFloats(Transfer.BFLOAT16, length);
            List<WorkerReport> reports = new ArrayList<>();
            for (Chunk part : parts) {
                int at = start(length, chunks, part.index());
                if (differences == null) {
                    part.mean().get(0, next, at, part.mean().length());
                } else {
                    part.mean().addTo(next, at);
                    differences.put(at, part.mean());
                }
                reports.addAll(part.reports());
            }
            lastDifferences = differences;
            long totalMillis = worker.state().millis() + System.currentTimeMillis() - start;
            return result(worker.round(), next, reports, worker.state().millis(), totalMillis);
        } finally {
            context.sc().setJobDescription(description);
            context.setLocalProperty("mdc.round", null);
            worker.state().destroy();
            // Spark would keep every round's shuffle files until the driver happens to collect garbage. It goes up the
            // lineage as
            // far as what is persisted: not past the shares.
            averaged.rdd().cleanShuffleDependencies(false);
        }
    }

    /** Where chunk {@code index} of {@code chunks} starts: they differ by one in length at most. */
    static int start(int length, int chunks, int index) {
        return (int) ((long) length * index / chunks);
    }

    private JavaRDD<Chunk> averaged(AveragingTrainingWorker worker, int workerCount, int chunks, int length) {
        LocalStage<S> stage = new LocalStage<>(
                workers, worker, run, workerCount, workersPerExecutor(workerCount), chunks, length, transfer);
        return shares.mapPartitionsWithIndex(stage::shards, true)
                .mapToPair(shard -> shard)
                .groupByKey(new HashPartitioner(chunks))
                .map(arrived -> Chunk.average(arrived._1(), Shard.inWorkerOrder(arrived._2(), workerCount)));
    }

    /**
     * How many workers an executor keeps: its share of them, rounded up. One that took over a lost executor's workers for a while would
     * otherwise hold their networks for ever.
     */
    private int workersPerExecutor(int workerCount) {
        // The driver counts as one of those whose memory is told; where it is the only one, it is the executor.
        int executors = Math.max(1, context.sc().getExecutorMemoryStatus().size() - 1);
        return (workerCount + executors - 1) / executors;
    }

    private static RoundResult result(
            Round round, float[] state, List<WorkerReport> reports, long broadcastMillis, long totalMillis) {
        checkFinite(round, state, reports);
        double broadcastSeconds =
                (broadcastMillis + over(reports, WorkerReport::broadcastMillis).getMax()) / 1e3;
        double computeSeconds = computeMillis(reports) / 1e3;
        return new RoundResult(
                round,
                state,
                over(reports, WorkerReport::examples).getSum(),
                losses(reports),
                reports.stream()
                        .sorted(Comparator.comparingInt(WorkerReport::worker))
                        .map(WorkerReport::examplesPerSecond)
                        .toList(),
                broadcastSeconds,
                computeSeconds,
                Math.max(0, totalMillis / 1e3 - broadcastSeconds - computeSeconds),
                Instant.now());
    }

    /** Of the executor that took longest, from its first worker's first step to its last worker's last: clocks of different machines are not compared. */
    static long computeMillis(List<WorkerReport> reports) {
        return reports.stream().collect(Collectors.groupingBy(WorkerReport::executor)).values().stream()
                .mapToLong(ofOne -> over(ofOne, WorkerReport::finishedMillis).getMax()
                        - over(ofOne, WorkerReport::readyMillis).getMin())
                .max()
                .orElse(0);
    }

    private static LongSummaryStatistics over(List<WorkerReport> reports, ToLongFunction<WorkerReport> value) {
        return reports.stream().mapToLong(value).summaryStatistics();
    }

    private static void checkFinite(Round round, float[] state, List<WorkerReport> reports) {
        for (WorkerReport report : reports) {
            if (!report.divergence().isEmpty()) {
                throw new DivergedRoundException(round, "worker " + report.worker() + ": " + report.divergence());
            }
        }
        losses(reports).forEach((name, loss) -> {
            if (!Double.isFinite(loss)) {
                throw new DivergedRoundException(round, "the " + name + " loss is " + loss);
            }
        });
        for (int from = 0; from < state.length; from += LINE) {
            int to = Math.min(from + LINE, state.length);
            if (!areFinite(state, from, to)) {
                for (int i = from; i < to; i++) {
                    if (!Float.isFinite(state[i])) {
                        throw new DivergedRoundException(round, "a parameter is " + state[i]);
                    }
                }
            }
        }
    }

    /** Zero times a number is zero, and times anything else is not; four sums, since each waits for its last addition. */
    static boolean areFinite(float[] values, int from, int to) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = from;
        for (; i + 4 <= to; i += 4) {
            a += values[i] * 0;
            b += values[i + 1] * 0;
            c += values[i + 2] * 0;
            d += values[i + 3] * 0;
        }
        for (; i < to; i++) {
            a += values[i] * 0;
        }
        return a + b + c + d == 0;
    }

    /** Weighted by examples, in worker order. */
    private static Map<String, Double> losses(List<WorkerReport> reports) {
        long examples = reports.stream().mapToLong(WorkerReport::examples).sum();
        Map<String, Double> losses = new LinkedHashMap<>();
        for (WorkerReport report : reports) {
            report.losses().forEach((name, loss) -> losses.merge(name, report.examples() * loss, Double::sum));
        }
        losses.replaceAll((name, sum) -> sum / examples);
        return losses;
    }

    /**
     * Closes the workers. Spark cannot address every executor; one that is missed closes its workers when the next run comes by,
     * or with its JVM.
     */
    @Override
    public void close() {
        String ended = run;
        shares.foreachPartition(share -> {
            WorkerCache.OF_THIS_JVM.clear(ended);
            StateBroadcast.forget(ended);
        });
    }

    /** The task of a round in which a worker takes its steps. */
    private record LocalStage<S>(
            LocalWorkers<S> workers,
            AveragingTrainingWorker worker,
            String run,
            int workerCount,
            int workersKept,
            int chunks,
            int length,
            Transfer transfer)
            implements Serializable {
        Iterator<Tuple2<Integer, Shard>> shards(Integer number, Iterator<S> share) {
            long started = System.currentTimeMillis();
            FloatBuffer before = worker.state().values();
            long broadcast = System.currentTimeMillis() - started;
            return WorkerCache.OF_THIS_JVM.with(run, number, workersKept, () -> workers.open(number, share), local -> {
                long ready = System.currentTimeMillis();
                LocalResult result = steps(worker.by(local, number), local);
                WorkerReport report = new WorkerReport(
                        number, SparkEnv.get().executorId(), result, broadcast, ready, System.currentTimeMillis());
                return cut(report, before, result.state()).iterator();
            });
        }

        private static LocalResult steps(AveragingTrainingWorker training, LocalWorker local) {
            ComputationGraph graph = training.getInitialModelGraph();
            int steps = training.round().steps();
            LocalResult result = null;
            for (int step = 0; step < steps; step++) {
                MultiDataSet batch = local.batch(step);
                try {
                    result = training.processMinibatch(batch, graph, step == steps - 1);
                } finally {
                    Stream.of(batch.getFeatures()).forEach(INDArray::close);
                }
            }
            return result;
        }

        private List<Tuple2<Integer, Shard>> cut(WorkerReport report, FloatBuffer before, float[] after) {
            List<Tuple2<Integer, Shard>> shards = new ArrayList<>();
            for (int chunk = 0; chunk < chunks; chunk++) {
                int from = start(length, chunks, chunk);
                int to = start(length, chunks, chunk + 1);
                PackedFloats values = transfer == Transfer.FLOAT32
                        ? PackedFloats.of(after, from, to)
                        : PackedFloats.differences(before, after, from, to);
                shards.add(new Tuple2<>(chunk, new Shard(report, values)));
            }
            return shards;
        }
    }
}
