package io.toonlake.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.config.TrainSection.Transfer;
import io.toonlake.job.TrainingLake;
import io.toonlake.network.Network;
import io.toonlake.storage.Storage;
import io.toonlake.table.Lake;
import io.toonlake.testing.SparkExtension;
import io.toonlake.training.TrainingState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

@ExtendWith(SparkExtension.class)
class AveragingTrainingMasterTest {
    private static final RoundPlan PLAN = new RoundPlan(1, 1, 2);
    private static final int WORKERS = ClusterTraining.WORKERS;
    private static final GanWorkers GAN =
            new GanWorkers(ClusterTraining.settings(), new RandomFeatureSource(List.of(2, 2, 2, 2), 1), 1);

    private final JavaSparkContext context;

    AveragingTrainingMasterTest(JavaSparkContext context) {
        this.context = context;
    }

    @Test
    void aTrainingIsDrivenByExecuteTraining(SparkSession spark, @TempDir Path folder) {
        Lake lake = new TrainingLake(spark, folder)
                .with("flickr", "photo", 3)
                .with("hayao", "cartoon", 3)
                .smoothed("hayao", 2, "cut")
                .lake();
        Checkpoints checkpoints = new Checkpoints(
                new Storage(new Configuration()), new org.apache.hadoop.fs.Path(folder.toUri()), 1, 0, () -> {});
        TrainingSamples samples = TrainingSamples.of(lake, "flickr", "hayao", true);
        List<String> callers = new ArrayList<>();

        new Training(spark, lake, samples, GAN, "none", WORKERS, PLAN, Transfer.FLOAT32, checkpoints, 100)
                .run(
                        "driven",
                        new Checkpoint("driven", 0, Map.of(), GAN.initialState()),
                        List.of(result -> callers.add(callers())));

        assertThat(callers)
                .hasSize(PLAN.rounds())
                .allSatisfy(stack -> assertThat(stack)
                        .containsSubsequence(
                                "AveragingTrainingMaster.executeTrainingMDS", "SparkComputationGraph.fitMultiDataSet"));
    }

    @Test
    void everyWorkerTakesItsStepsOnDataOfItsOwn() {
        Recorder.BATCHES.clear();
        fit(GAN, 0, master -> master.addHook(new Recorder()));

        assertThat(Recorder.BATCHES).hasSize(WORKERS);
        assertThat(Recorder.BATCHES.values())
                .allSatisfy(batches -> assertThat(batches).hasSize(PLAN.rounds() * PLAN.stepsPerRound()));
        Set<Integer> common = new TreeSet<>(Recorder.BATCHES.get(0));
        common.retainAll(Recorder.BATCHES.get(1));
        assertThat(common).isEmpty();
        // The steps themselves were asked for through the worker's interface.
        assertThat(Recorder.CALLERS)
                .allSatisfy(stack -> assertThat(stack).contains("AveragingTrainingWorker.processMinibatch"));
    }

    @Test
    void everyWorkersDataCount() {
        TrainingState all = fit(GAN, 0, master -> {});
        for (int worker = 0; worker < WORKERS; worker++) {
            int without = worker;
            LocalWorkers<MultiDataSet> others = (number, share) -> {
                List<MultiDataSet> own = new ArrayList<>();
                share.forEachRemaining(own::add);
                if (number == without) {
                    Collections.reverse(own);
                }
                return GAN.open(number, own.iterator());
            };
            assertThat(fit(others, 0, master -> {})).isNotEqualTo(all);
        }
        assertThat(fit(GAN, 0, master -> {})).isEqualTo(all);
    }

    @Test
    void theGraphHasTheAverageAndListenersAreToldOfRounds() {
        List<Integer> rounds = new ArrayList<>();
        List<Double> scores = new ArrayList<>();
        List<Double> shown = new ArrayList<>();
        AveragingTrainingMaster master =
                master(GAN, result -> scores.add(result.losses().get("content")));
        try (Network generator = GAN.generator()) {
            SparkComputationGraph spark = new SparkComputationGraph(context, generator.graph(), master);
            spark.setCollectTrainingStats(true);
            spark.setListeners(new BaseTrainingListener() {
                @Override
                public void iterationDone(Model model, int iteration, int epoch) {
                    assertThat(model).isSameAs(generator.graph());
                    shown.add(model.score());
                    rounds.add(iteration);
                }
            });
            spark.fitMultiDataSet(shares());

            assertThat(rounds).containsExactly(1, 2);
            assertThat(shown).isEqualTo(scores).doesNotHaveDuplicates();
            assertThat(spark.getScore()).isEqualTo(scores.get(1));
            assertThat(generator.flatParameters().toFloatVector())
                    .containsExactly(master.state().segment("generator"));
            assertThat(spark.getSparkTrainingStats().getKeySet())
                    .containsExactly("BroadcastTimesMs", "FitTimesMs", "AverageTimesMs")
                    .allSatisfy(key -> assertThat(spark.getSparkTrainingStats().getValue(key))
                            .hasSize(2));
        }
    }

    @Test
    void whatItCannotTrainIsRefused() {
        AveragingTrainingMaster master = master(GAN, result -> {});
        try (Network generator = GAN.generator()) {
            SparkComputationGraph spark = new SparkComputationGraph(context, generator.graph(), master);
            JavaRDD<org.nd4j.linalg.dataset.DataSet> dataSets = context.emptyRDD();
            assertThatThrownBy(() -> spark.fit(dataSets))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage(
                            "AveragingTrainingMaster takes no DataSets (only executeTrainingMDS on a ComputationGraph)");
            assertThatThrownBy(() -> master.getWorkerInstance(spark)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aSampleIsADataSetOfItsPixels() {
        TrainingSample sample = ClusterTraining.samples().get(0);
        SampleDataSet dataSet = new SampleDataSet(sample);

        assertThat(dataSet.getMemoryFootprint()).isEqualTo(sample.png().length);
        try (INDArray picture = dataSet.getFeatures(0);
                DecodedPictures decoded = new DecodedPictures(List.of(sample))) {
            assertThat(picture.shape()).containsExactly(1, 3, 40, 40);
            byte[] pixels = decoded.get(0).pixels();
            // Row 2, column 5, green.
            assertThat(picture.getFloat(0, 1, 2, 5)).isEqualTo((pixels[(2 * 40 + 5) * 3 + 1] & 0xFF) / 127.5f - 1);
        }
    }

    private TrainingState fit(
            LocalWorkers<MultiDataSet> workers, int done, java.util.function.Consumer<AveragingTrainingMaster> change) {
        AveragingTrainingMaster master = master(workers, result -> {});
        change.accept(master);
        try (Network generator = GAN.generator()) {
            new SparkComputationGraph(context, generator.graph(), master).fitMultiDataSet(shares());
            return master.state();
        }
    }

    private static AveragingTrainingMaster master(
            LocalWorkers<MultiDataSet> workers, java.util.function.Consumer<RoundResult> finished) {
        return new AveragingTrainingMaster(
                workers,
                java.util.UUID.randomUUID().toString(),
                PLAN,
                Transfer.FLOAT32,
                GAN.initialState(),
                0,
                finished);
    }

    private JavaRDD<MultiDataSet> shares() {
        return context.parallelize(ClusterTraining.samples(), WORKERS)
                .<MultiDataSet>map(SampleDataSet::new)
                .persist(StorageLevel.DISK_ONLY());
    }

    private static String callers() {
        return StackWalker.getInstance()
                .walk(frames -> frames.map(
                                frame -> frame.getClassName().replaceAll(".*\\.", "") + "." + frame.getMethodName())
                        .toList())
                .toString();
    }

    /** Remembers what each worker's steps were given. Workers are in this JVM. */
    private static final class Recorder implements TrainingHook {
        private static final long serialVersionUID = 1L;
        private static final Map<Integer, List<Integer>> BATCHES = new ConcurrentHashMap<>();
        private static final Set<String> CALLERS = ConcurrentHashMap.newKeySet();

        @Override
        public void preUpdate(MultiDataSet batch, Model model) {
            CALLERS.add(callers());
            BATCHES.computeIfAbsent(
                            TaskContext.getPartitionId(), worker -> Collections.synchronizedList(new ArrayList<>()))
                    .add(Arrays.hashCode(batch.getFeatures(0).dup().data().asFloat()));
        }

        @Override
        public void postUpdate(MultiDataSet batch, Model model) {}

        @Override
        public void preUpdate(DataSet batch, Model model) {}

        @Override
        public void postUpdate(DataSet batch, Model model) {}
    }
}
