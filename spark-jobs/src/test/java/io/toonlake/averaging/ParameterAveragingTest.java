package io.toonlake.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.toonlake.config.TrainSection.Transfer;
import io.toonlake.testing.SparkExtension;
import io.toonlake.training.Phase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import scala.Tuple2;

@ExtendWith(SparkExtension.class)
class ParameterAveragingTest {
    /** Prime, so that no number of chunks divides it. */
    private static final int LENGTH = 10_007;

    private final JavaSparkContext context;

    ParameterAveragingTest(JavaSparkContext context) {
        this.context = context;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void theAverageIsBitForBitTheOneByHand(int workers) {
        List<List<Double>> shares = shares(workers);
        try (ParameterAveraging<Double> averaging = averaging(shares, DriftingWorker::new)) {
            float[] state = start();
            for (int number = 1; number <= 3; number++) {
                Round round = DriftingWorker.round(number);
                RoundResult result = averaging.run(round, state);
                float[] byHand = byHand(shares, round, state);
                assertThat(result.state()).containsExactly(byHand);
                assertThat(result.state()).isNotEqualTo(state);
                assertThat(result.examples())
                        .isEqualTo(shares.stream().mapToLong(List::size).sum());
                state = result.state();
            }
        }
    }

    @Test
    void chunkingDoesNotChangeBits() {
        SplittableRandom random = new SplittableRandom(7);
        double[][] states = new double[3][];
        for (int worker = 0; worker < states.length; worker++) {
            states[worker] = random.doubles(LENGTH).toArray();
        }
        float[] whole = mean(states, 0, LENGTH);
        for (int chunks : new int[] {2, 3, 64}) {
            float[] joined = new float[LENGTH];
            for (int chunk = 0; chunk < chunks; chunk++) {
                int from = ParameterAveraging.start(LENGTH, chunks, chunk);
                int to = ParameterAveraging.start(LENGTH, chunks, chunk + 1);
                System.arraycopy(mean(states, from, to), 0, joined, from, to - from);
            }
            assertThat(joined).containsExactly(whole);
        }
    }

    @Test
    void examplesAreWeights() {
        PackedFloats mean = Shard.weightedMean(List.of(shard(0, 1, 2.0, 8.0), shard(1, 3, 4.0, 0.0)));

        assertThat(values(mean)).containsExactly(3.5f, 2.0f);
    }

    @Test
    void oneWorkerIsLocalTraining() {
        List<Double> share = List.of(-3.0, 0.25, 1.5);
        float[] local = start();
        float[] spread = start();
        try (ParameterAveraging<Double> averaging = averaging(List.of(share), DriftingWorker::new)) {
            DriftingWorker worker = new DriftingWorker(0, share.iterator());
            for (int number = 1; number <= 4; number++) {
                local = worker.alone(DriftingWorker.round(number), local).state();
                spread = averaging.run(DriftingWorker.round(number), spread).state();
            }
        }
        assertThat(spread).containsExactly(local);
    }

    /** Gradients of means are means of gradients: with plain gradient descent and an average after every step, nothing else is left. */
    @Test
    void gradientDescentAveragedEveryStepOverEqualSharesIsOneMachineWithTheLargerBatch() {
        List<Double> pictures = List.of(1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
        float[] start = DescendingWorker.start();
        float[] together = start;
        float[] apart = start;
        try (ParameterAveraging<Double> one = averaging(List.of(pictures), DescendingWorker::new);
                ParameterAveraging<Double> three = averaging(
                        List.of(pictures.subList(0, 2), pictures.subList(2, 4), pictures.subList(4, 6)),
                        DescendingWorker::new)) {
            for (int number = 1; number <= 8; number++) {
                Round round = new Round(number, Phase.INITIALIZATION, number - 1, 0, 1);
                RoundResult ofOne = one.run(round, together);
                RoundResult ofThree = three.run(round, apart);
                assertThat(ofThree.examples()).isEqualTo(ofOne.examples()).isEqualTo(6);
                assertThat(ofThree.losses().get("content"))
                        .isCloseTo(ofOne.losses().get("content"), withinPercentage(1e-2));
                together = ofOne.state();
                apart = ofThree.state();
            }
            assertThat(distance(start, together)).as("way taken").isGreaterThan(0.1);
            assertThat(distance(together, apart) / distance(start, together)).isLessThan(1e-4);

            // With three steps between averages it is no longer so: the workers part.
            Round longer = new Round(9, Phase.INITIALIZATION, 8, 0, 3);
            assertThat(distance(
                                    one.run(longer, together).state(),
                                    three.run(longer, apart).state())
                            / distance(start, together))
                    .isGreaterThan(1e-4);
        }
    }

    private static double distance(float[] from, float[] to) {
        double squares = 0;
        for (int i = 0; i < from.length; i++) {
            squares += Math.pow(from[i] - to[i], 2);
        }
        return Math.sqrt(squares);
    }

    @Test
    void inSixteenBitsARoundIsWrongByThousandthsOfItsStepAndTheSameEverywhere() {
        List<List<Double>> shares = shares(3);
        float[] state = start();
        try (ParameterAveraging<Double> exact = averaging(shares, DriftingWorker::new);
                ParameterAveraging<Double> halved = averaging(shares, DriftingWorker::new, Transfer.BFLOAT16)) {
            List<float[]> states = new ArrayList<>(List.of(state));
            for (int number = 1; number <= 3; number++) {
                Round round = DriftingWorker.round(number);
                float[] before = state;
                float[] wanted = exact.run(round, before).state();
                // From the second round on, executors add differences to the state that they have.
                state = halved.run(round, before).state();
                states.add(state);
                double worst = 0;
                double step = 0;
                for (int i = 0; i < state.length; i++) {
                    worst += Math.pow(state[i] - wanted[i], 2);
                    step += Math.pow(wanted[i] - before[i], 2);
                }
                assertThat(Math.sqrt(worst / step)).isBetween(1e-6, 1.0 / 256);
            }
            for (int number = 1; number <= 3; number++) {
                // A new run, like an executor that is new, begins with the whole state.
                try (ParameterAveraging<Double> fresh = averaging(shares, DriftingWorker::new, Transfer.BFLOAT16)) {
                    assertThat(fresh.run(DriftingWorker.round(number), states.get(number - 1))
                                    .state())
                            .containsExactly(states.get(number));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStateOfSeveralChunksIsPutTogetherAsItWas(Transfer transfer) {
        List<List<Double>> shares = shares(3);
        float[] first = start(2 * (1 << 18) + 1);
        try (ParameterAveraging<Double> averaging = averaging(shares, DriftingWorker::new, transfer)) {
            Round round = DriftingWorker.round(1);
            float[] second = averaging.run(round, first).state();
            assertThat(second).containsExactly(byHand(shares, round, first, transfer));

            Round next = DriftingWorker.round(2);
            assertThat(averaging.run(next, second).state()).containsExactly(byHand(shares, next, second, transfer));
        }
    }

    @Test
    void whoFinishesFirstDoesNotMatter() {
        List<List<Double>> shares = shares(3);
        Round round = DriftingWorker.round(1);
        float[] byHand = byHand(shares, round, start());
        for (int late = 0; late < 3; late++) {
            int slow = late;
            try (ParameterAveraging<Double> averaging = averaging(
                    shares,
                    (worker, share) ->
                            new Disturbed(new DriftingWorker(worker, share), step -> pause(worker == slow)))) {
                assertThat(averaging.run(round, start()).state()).containsExactly(byHand);
            }
        }
    }

    @Test
    void shardsArriveInAnyOrderButOneOfEachWorker() {
        Shard first = shard(0, 1, 1.0);
        Shard second = shard(1, 1, 2.0);

        assertThat(Shard.inWorkerOrder(List.of(second, first), 2)).containsExactly(first, second);
        assertThatThrownBy(() -> Shard.inWorkerOrder(List.of(second), 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[1]");
        assertThatThrownBy(() -> Shard.inWorkerOrder(List.of(first, first), 2))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void lossesAreTheWeightedMeanOverWorkers() {
        LocalWorkers<Double> fixed = (worker, share) -> new Fixed(worker == 0 ? 1 : 3, worker == 0 ? 2.0 : 6.0);
        try (ParameterAveraging<Double> averaging = averaging(shares(2), fixed)) {
            assertThat(averaging.run(DriftingWorker.round(1), start()).losses().get("content"))
                    .isCloseTo(5.0, within(1e-12));
        }
    }

    @Test
    void aLossThatIsNoNumberEndsTheRoundWithItsNumber() {
        try (ParameterAveraging<Double> averaging =
                averaging(shares(2), (worker, share) -> new Fixed(1, worker == 1 ? Double.NaN : 1))) {
            assertThatThrownBy(() -> averaging.run(DriftingWorker.round(17), start()))
                    .isInstanceOf(DivergedRoundException.class)
                    .hasMessage("Cannot go on with round 17: the content loss is NaN");
        }
    }

    @Test
    void theBroadcastIsGoneAfterTheRound() throws InterruptedException {
        // Other tests' tables leave broadcasts of their own.
        int before = largeBroadcasts();
        try (ParameterAveraging<Double> averaging = averaging(shares(2), DriftingWorker::new)) {
            averaging.run(DriftingWorker.round(1), start());
        }
        // Spark removes the blocks in the background.
        for (int attempt = 0; attempt < 100 && largeBroadcasts() > before; attempt++) {
            Thread.sleep(50);
        }
        assertThat(largeBroadcasts()).isLessThanOrEqualTo(before);
    }

    /** Broadcasts as large as a state; Spark's own, of tasks, are smaller. */
    private int largeBroadcasts() {
        BlockManager blocks = context.sc().env().blockManager();
        return blocks.getMatchingBlockIds(BlockId::isBroadcast)
                .count(id -> blocks.getStatus(id).exists(status -> status.memSize() >= 4 * LENGTH));
    }

    private ParameterAveraging<Double> averaging(List<List<Double>> shares, LocalWorkers<Double> workers) {
        return averaging(shares, workers, Transfer.FLOAT32);
    }

    private ParameterAveraging<Double> averaging(
            List<List<Double>> shares, LocalWorkers<Double> workers, Transfer transfer) {
        return new ParameterAveraging<>(
                context, partitioned(shares), workers, UUID.randomUUID().toString(), transfer);
    }

    /** One partition a share; the samples come from partitions of another cut, one of them empty. */
    private JavaRDD<Double> partitioned(List<List<Double>> shares) {
        List<Tuple2<Integer, Double>> samples = new ArrayList<>();
        for (int worker = 0; worker < shares.size(); worker++) {
            for (Double sample : shares.get(worker)) {
                samples.add(new Tuple2<>(worker, sample));
            }
        }
        return context.parallelizePairs(samples, samples.size() + 1)
                .partitionBy(new ByWorker(shares.size()))
                .values()
                .mapPartitions(share -> {
                    List<Double> sorted = new ArrayList<>();
                    share.forEachRemaining(sorted::add);
                    sorted.sort(null);
                    return sorted.iterator();
                })
                .persist(StorageLevel.DISK_ONLY());
    }

    /** Worker w has w + 1 samples. */
    private static List<List<Double>> shares(int workers) {
        SplittableRandom random = new SplittableRandom(11);
        List<List<Double>> shares = new ArrayList<>();
        for (int worker = 0; worker < workers; worker++) {
            shares.add(random.doubles(worker + 1).sorted().boxed().toList());
        }
        return shares;
    }

    private static float[] start() {
        return start(LENGTH);
    }

    private static float[] start(int length) {
        float[] state = new float[length];
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < state.length; i++) {
            state[i] = (float) (random.nextDouble() * Math.pow(10, random.nextInt(9) - 4));
        }
        return state;
    }

    private static float[] byHand(List<List<Double>> shares, Round round, float[] state) {
        return byHand(shares, round, state, Transfer.FLOAT32);
    }

    private static float[] byHand(List<List<Double>> shares, Round round, float[] state, Transfer transfer) {
        boolean whole = transfer == Transfer.FLOAT32;
        double[] sum = new double[state.length];
        long examples = 0;
        for (int worker = 0; worker < shares.size(); worker++) {
            LocalResult local = new DriftingWorker(worker, shares.get(worker).iterator()).alone(round, state);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += (double) local.examples() * (whole ? local.state()[i] : half(local.state()[i] - state[i]));
            }
            examples += local.examples();
        }
        float[] mean = new float[sum.length];
        for (int i = 0; i < sum.length; i++) {
            mean[i] = (float) (sum[i] / examples);
            if (!whole) {
                mean[i] = state[i] + half(mean[i]);
            }
        }
        return mean;
    }

    private static float half(float value) {
        return BFloat16.value(BFloat16.of(value));
    }

    private static Shard shard(int worker, long examples, double... values) {
        float[] state = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            state[i] = (float) values[i];
        }
        return new Shard(report(worker, examples), PackedFloats.of(state, 0, state.length));
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void whatIsNoNumberIsFoundWhereverItIs(float none) {
        float[] values = new float[11];
        Arrays.fill(values, -Float.MAX_VALUE);
        values[3] = Float.MIN_VALUE;
        assertThat(ParameterAveraging.areFinite(values, 0, values.length)).isTrue();
        for (int i = 0; i < values.length; i++) {
            float number = values[i];
            values[i] = none;
            assertThat(ParameterAveraging.areFinite(values, 0, values.length)).isFalse();
            assertThat(ParameterAveraging.areFinite(values, 0, i)).isTrue();
            assertThat(ParameterAveraging.areFinite(values, i + 1, values.length))
                    .isTrue();
            values[i] = number;
        }
    }

    @Test
    void clocksOfDifferentMachinesAreNotCompared() {
        LocalResult result = LocalResult.of(new float[1], 1, Map.of());
        List<WorkerReport> reports = List.of(
                new WorkerReport(0, "1", result, 5, 1_000, 3_000),
                new WorkerReport(1, "1", result, 5, 3_000, 6_000),
                // An hour ahead.
                new WorkerReport(2, "2", result, 5, 3_601_000, 3_605_500));

        assertThat(ParameterAveraging.computeMillis(reports)).isEqualTo(5_000);
    }

    static WorkerReport report(int worker, long examples) {
        return new WorkerReport(worker, "1", LocalResult.of(new float[1], examples, Map.of()), 0, 0, 0);
    }

    private static float[] mean(double[][] states, int from, int to) {
        List<Shard> shards = new ArrayList<>();
        for (int worker = 0; worker < states.length; worker++) {
            shards.add(shard(worker, 3 + worker, Arrays.copyOfRange(states[worker], from, to)));
        }
        return values(Shard.weightedMean(shards));
    }

    static float[] values(PackedFloats packed) {
        float[] values = new float[packed.length()];
        packed.get(0, values, 0, values.length);
        return values;
    }

    private static void pause(boolean slow) {
        try {
            Thread.sleep(slow ? 100 : 0);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Fixed extends Untouched {
        private final long examples;
        private final double loss;

        private Fixed(long examples, double loss) {
            this.examples = examples;
            this.loss = loss;
        }

        @Override
        public LocalResult result() {
            return LocalResult.of(state, examples, Map.of("content", loss));
        }
    }

    private static final class ByWorker extends Partitioner {
        private static final long serialVersionUID = 1L;

        private final int workers;

        private ByWorker(int workers) {
            this.workers = workers;
        }

        @Override
        public int numPartitions() {
            return workers;
        }

        @Override
        public int getPartition(Object key) {
            return (Integer) key;
        }
    }
}
