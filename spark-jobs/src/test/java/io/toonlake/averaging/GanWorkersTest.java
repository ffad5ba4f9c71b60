package io.toonlake.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.averaging.TrainingSample.Kind;
import io.toonlake.config.Settings;
import io.toonlake.config.TrainSection.Transfer;
import io.toonlake.job.TrainingLake;
import io.toonlake.network.FeatureExtractor;
import io.toonlake.network.Network;
import io.toonlake.storage.UnreachableException;
import io.toonlake.testing.SparkExtension;
import io.toonlake.training.Batch;
import io.toonlake.training.BatchSampler;
import io.toonlake.training.CartoonGanPlan;
import io.toonlake.training.CyclePlan;
import io.toonlake.training.Draw;
import io.toonlake.training.LocalTrainer;
import io.toonlake.training.Phase;
import io.toonlake.training.StateLayout;
import io.toonlake.training.TrainingSettings;
import io.toonlake.training.TrainingState;
import java.lang.reflect.Proxy;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.nativeblas.NativeOpsHolder;

@ExtendWith(SparkExtension.class)
class GanWorkersTest {
    private static final RoundPlan PLAN = new RoundPlan(1, 1, 2);

    private final SparkSession spark;

    @TempDir
    private Path folder;

    GanWorkersTest(SparkSession spark) {
        this.spark = spark;
    }

    @Test
    void oneWorkerIsLocalTraining() throws Exception {
        TrainingSettings settings = settings();
        GanWorkers workers = new GanWorkers(settings, new RandomFeatureSource(List.of(2, 2, 2, 2), 1), 1);
        JavaRDD<TrainingSample> share = samples(3)
                .shares(JavaSparkContext.fromSparkContext(spark.sparkContext()), 1)
                .persist(StorageLevel.DISK_ONLY());
        List<TrainingSample> all = share.collect();

        float[] local = local(settings, workers, all);
        float[] spread = workers.initialState().values();
        try (ParameterAveraging<MultiDataSet> averaging = new ParameterAveraging<>(
                JavaSparkContext.fromSparkContext(spark.sparkContext()),
                share.map(SampleDataSet::new),
                workers,
                "one-worker",
                Transfer.FLOAT32)) {
            for (int number = 1; number <= PLAN.rounds(); number++) {
                spread = averaging.run(PLAN.round(number), spread).state();
            }
        }
        assertThat(spread)
                .containsExactly(local)
                .isNotEqualTo(workers.initialState().values());
    }

    /** Of other networks than the settings have, so that nothing on the way may take it for CartoonGAN. */
    @Test
    void anotherMethodIsTrainedLikeCartoonGan() {
        GanWorkers workers = new GanWorkers(
                (settings, features) -> new CyclePlan(),
                settings("train.generator.width=3"),
                new RandomFeatureSource(List.of(2), 1),
                1,
                TaskDevice.CPU);
        TrainingState start = workers.initialState();
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        JavaRDD<MultiDataSet> shares = samples(3)
                .shares(context, 2)
                .<MultiDataSet>map(SampleDataSet::new)
                .persist(StorageLevel.DISK_ONLY());
        List<RoundResult> rounds = new ArrayList<>();
        AveragingTrainingMaster master =
                new AveragingTrainingMaster(workers, "two-generators", PLAN, Transfer.FLOAT32, start, 0, rounds::add);

        try (Network generator = workers.generator()) {
            new SparkComputationGraph(context, generator.graph(), master).fitMultiDataSet(shares);

            assertThat(generator.flatParameters().toFloatVector())
                    .containsExactly(master.state().segment("to-cartoon"));
        }
        assertThat(rounds)
                .hasSize(PLAN.rounds())
                .allSatisfy(round -> assertThat(round.losses())
                        .containsKeys("judge_photo", "judge_cartoon", "cycle_photo", "cycle_cartoon"));
        assertThat(start.layout().segments()).hasSize(8);
        for (StateLayout.Segment segment : start.layout().segments()) {
            assertThat(master.state().segment(segment.name()))
                    .as(segment.name())
                    .isNotEqualTo(start.segment(segment.name()));
        }
    }

    @Test
    void sharesDependOnTheSamplesAlone() {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        TrainingSamples samples = samples(7);
        List<List<TrainingSample>> shares = samples.shares(context, 3).glom().collect();

        assertThat(shares).hasSize(3);
        for (int worker = 0; worker < 3; worker++) {
            List<TrainingSample> share = shares.get(worker);
            for (TrainingSample sample : share) {
                assertThat(sample.position() % 3).isEqualTo(worker);
            }
            assertThat(names(share, Kind.PHOTO)).isSorted().isNotEmpty();
            // Position by position a cartoon and its twin.
            assertThat(names(share, Kind.CARTOON))
                    .isEqualTo(names(share, Kind.EDGE_SMOOTHED))
                    .isNotEmpty();
        }
        assertThat(shares.stream().mapToInt(List::size).sum()).isEqualTo((int) samples.count());
    }

    /** Their keys are the same, and so is their number. */
    @Test
    void samplesThatAreMadeAnewMeanwhileAreNoticed() {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        TrainingSamples samples = samples(7);
        samples.checkWhole(samples.shares(context, 3));

        new TrainingLake(spark, folder).smoothed("hayao", 7, "another cut");

        assertThatThrownBy(() -> samples.checkWhole(samples.shares(context, 3)))
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("14 of 21 are there");
    }

    @Test
    void memoryBesideTheHeapThatIsRefusedIsExplained() {
        OutOfMemoryError refused =
                new OutOfMemoryError("Cannot allocate new FloatPointer(9): totalBytes = 5G, physicalBytes = 6G");
        OutOfMemoryError heap = new OutOfMemoryError("Java heap space");

        assertThat(GanWorker.explained(refused, settings("train.batch-size=3")))
                .hasCause(refused)
                .hasMessageContainingAll("physicalBytes = 6G", "lower train.batch-size (3)", "TOONLAKE_MEMORY");
        assertThatThrownBy(() -> GanWorker.explained(heap, settings())).isSameAs(heap);
    }

    @Test
    void threadsAreSetForTheCallersWorkAndGivenBack() {
        int before = NativeThreads.with(1, () -> 0) + ompThreads();

        assertThat(NativeThreads.with(before + 2, GanWorkersTest::ompThreads)).isEqualTo(before + 2);
        assertThat(ompThreads()).isEqualTo(before);
    }

    /** Spark's pool has more threads than workers as soon as anything else runs beside the training. */
    @Test
    void everyThreadThatTakesAWorkersRoundComputesWithItsThreads() throws Exception {
        List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
        FeatureSource features = new RandomFeatureSource(List.of(2), 1);
        FeatureSource watched = () -> watching(features.open(), () -> seen.add(ompThreads()));
        GanWorkers workers = new GanWorkers(settings(), watched, 3);
        List<MultiDataSet> share = new ArrayList<>();
        samples(3)
                .shares(JavaSparkContext.fromSparkContext(spark.sparkContext()), 1)
                .collect()
                .forEach(sample -> share.add(new SampleDataSet(sample)));

        try (LocalWorker worker = workers.open(0, share.iterator())) {
            for (int number = 1; number <= PLAN.rounds(); number++) {
                Round round = PLAN.round(number);
                CompletableFuture.runAsync(
                                () -> {
                                    worker.load(
                                            round,
                                            FloatBuffer.wrap(
                                                    workers.initialState().values()));
                                    worker.step(worker.batch(0));
                                },
                                task -> new Thread(task).start())
                        .get();
            }
        }

        assertThat(seen).hasSizeGreaterThanOrEqualTo(PLAN.rounds()).containsOnly(3);
    }

    private static FeatureExtractor watching(FeatureExtractor features, Runnable watch) {
        return (FeatureExtractor) Proxy.newProxyInstance(
                GanWorkersTest.class.getClassLoader(),
                new Class<?>[] {FeatureExtractor.class},
                (proxy, method, arguments) -> {
                    if (!method.getName().equals("close")) {
                        watch.run();
                    }
                    return method.invoke(features, arguments);
                });
    }

    private static int ompThreads() {
        return NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads();
    }

    private TrainingSamples samples(int each) {
        TrainingLake lake = new TrainingLake(spark, folder)
                .with("flickr", "photo", each + 1)
                .with("hayao", "cartoon", each + 1)
                .smoothed("hayao", each, "cut");
        return TrainingSamples.of(lake.lake(), "flickr", "hayao", true);
    }

    private static TrainingSettings settings(String... changed) {
        List<String> settings = new ArrayList<>(List.of(
                "train.generator.width=2",
                "train.generator.residual-blocks=1",
                "train.discriminator.width=2",
                "train.batch-size=2",
                "train.crop-pixels=32"));
        settings.addAll(List.of(changed));
        return Settings.load(List.of(), settings).train().training();
    }

    /** The same steps without Spark or averaging. */
    private static float[] local(TrainingSettings settings, GanWorkers workers, List<TrainingSample> all) {
        return NativeThreads.with(1, () -> localSteps(settings, workers, all));
    }

    private static float[] localSteps(TrainingSettings settings, GanWorkers workers, List<TrainingSample> all) {
        try (FeatureExtractor features = workers.features().open();
                LocalTrainer trainer = new LocalTrainer(new CartoonGanPlan(settings, features));
                DecodedPictures photos = pictures(all, Kind.PHOTO);
                DecodedPictures cartoons = pictures(all, Kind.CARTOON);
                DecodedPictures smoothed = pictures(all, Kind.EDGE_SMOOTHED)) {
            BatchSampler sampler = new BatchSampler(settings);
            Map<String, DecodedPictures> pictures =
                    Map.of("photo", photos, "cartoon", cartoons, "edge-smoothed", smoothed);
            for (int round = 0; round < PLAN.rounds(); round++) {
                Phase phase = PLAN.round(round + 1).phase();
                for (int step = 0; step < PLAN.stepsPerRound(); step++) {
                    Draw draw = new Draw(settings.seed(), round, 0, step);
                    try (Batch batch = sampler.batch(trainer.domains(phase), pictures, draw)) {
                        trainer.step(phase, batch);
                    }
                }
            }
            return trainer.state().values();
        }
    }

    private static DecodedPictures pictures(List<TrainingSample> all, Kind kind) {
        return new DecodedPictures(
                all.stream().filter(sample -> sample.kind() == kind).toList());
    }

    private static List<String> names(List<TrainingSample> share, Kind kind) {
        return share.stream()
                .filter(sample -> sample.kind() == kind)
                .map(TrainingSample::name)
                .toList();
    }
}
