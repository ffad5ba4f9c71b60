package io.toonlake.averaging;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Runs rounds over shares that stay where they are.
 *
 * @param <S> what shares are made of
 */
public final class ParameterAveraging<S> implements AutoCloseable {
    /** Floats below which cutting the state further only makes more tasks. */
    private static final int LEAST_CHUNK_LENGTH = 1 << 18;

    private final JavaSparkContext context;
    private final JavaRDD<S> shares;
    private final LocalWorkers<S> workers;
    private final String run;

    /**
     * @param shares one partition a worker, in worker order; kept on the executors' disks until {@link #close()}
     * @param run names the run among others in the same executors
     */
    public ParameterAveraging(JavaSparkContext context, JavaRDD<S> shares, LocalWorkers<S> workers, String run) {
        this.context = context;
        this.shares = shares.persist(StorageLevel.DISK_ONLY());
        this.workers = workers;
        this.run = run;
    }

    /**
     * Broadcast, local steps, average.
     *
     * @throws DivergedRoundException where a loss or the average is no number
     */
    public RoundResult run(Round round, float[] state) {
        int workerCount = shares.getNumPartitions();
        int chunks =
                Math.min(1 + state.length / LEAST_CHUNK_LENGTH, Math.max(workerCount, context.defaultParallelism()));
        long start = System.currentTimeMillis();
        Broadcast<float[]> broadcast = context.broadcast(state);
        long broadcastMillis = System.currentTimeMillis() - start;
        JavaRDD<Chunk> averaged = averaged(round, broadcast, workerCount, chunks);
        try {
            List<Chunk> parts = averaged.collect();
            float[] next = new float[state.length];
            List<WorkerReport> reports = new ArrayList<>();
            for (Chunk part : parts) {
                System.arraycopy(
                        part.values(), 0, next, start(state.length, chunks, part.index()), part.values().length);
                reports.addAll(part.reports());
            }
            return result(round, next, reports, broadcastMillis, System.currentTimeMillis() - start);
        } finally {
            broadcast.destroy();
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

    private JavaRDD<Chunk> averaged(Round round, Broadcast<float[]> state, int workerCount, int chunks) {
        LocalStage<S> stage = new LocalStage<>(workers, run, workerCount, round, state, chunks);
        return shares.mapPartitionsWithIndex(stage::shards, true)
                .mapToPair(shard -> shard)
                .groupByKey(new HashPartitioner(chunks))
                .map(arrived -> Chunk.average(arrived._1(), Shard.inWorkerOrder(arrived._2(), workerCount)));
    }

    private static RoundResult result(
            Round round, float[] state, List<WorkerReport> reports, long broadcastMillis, long totalMillis) {
        checkFinite(round, state, reports);
        LongSummaryStatistics fetch = over(reports, WorkerReport::fetchMillis);
        long computeMillis = over(reports, WorkerReport::finishedMillis).getMax()
                - over(reports, WorkerReport::readyMillis).getMin();
        double broadcastSeconds = (broadcastMillis + fetch.getMax()) / 1e3;
        double computeSeconds = computeMillis / 1e3;
        return new RoundResult(
                round,
                state,
                over(reports, WorkerReport::examples).getSum(),
                losses(reports),
                broadcastSeconds,
                computeSeconds,
                Math.max(0, totalMillis / 1e3 - broadcastSeconds - computeSeconds),
                Instant.now());
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
        for (float value : state) {
            if (!Float.isFinite(value)) {
                throw new DivergedRoundException(round, "a parameter is " + value);
            }
        }
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
        try {
            shares.foreachPartition(share -> WorkerCache.OF_THIS_JVM.clear(ended));
        } finally {
            shares.unpersist();
        }
    }

    /** The task of a round in which a worker takes its steps. */
    private record LocalStage<S>(
            LocalWorkers<S> workers, String run, int workerCount, Round round, Broadcast<float[]> state, int chunks)
            implements java.io.Serializable {

        Iterator<Tuple2<Integer, Shard>> shards(Integer worker, Iterator<S> share) {
            long started = System.currentTimeMillis();
            float[] before = state.value();
            return WorkerCache.OF_THIS_JVM.with(run, worker, workerCount, () -> workers.open(worker, share), local -> {
                long ready = System.currentTimeMillis();
                LocalResult result = local.run(round, before);
                WorkerReport report = new WorkerReport(worker, result, started, ready, System.currentTimeMillis());
                return cut(new Shard(report, result.state()), before.length).iterator();
            });
        }

        private List<Tuple2<Integer, Shard>> cut(Shard whole, int length) {
            List<Tuple2<Integer, Shard>> shards = new ArrayList<>();
            for (int chunk = 0; chunk < chunks; chunk++) {
                int from = start(length, chunks, chunk);
                shards.add(new Tuple2<>(chunk, whole.part(from, start(length, chunks, chunk + 1))));
            }
            return shards;
        }
    }
}
