package io.toonlake.averaging;

import io.toonlake.averaging.TrainingSample.Kind;
import io.toonlake.config.Settings;
import io.toonlake.config.TrainSection.Transfer;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.PixelImage;
import io.toonlake.network.Network;
import io.toonlake.storage.Storage;
import io.toonlake.training.TrainingSettings;
import io.toonlake.training.TrainingState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * A small training of CartoonGAN in a process of its own, which leaves {@link Moments} behind it and goes on from its checkpoints. Two workers,
 * six rounds of the initialization phase and twelve adversarial ones.
 */
public final class ClusterTraining {
    static final int WORKERS = 2;
    static final RoundPlan PLAN = new RoundPlan(6, 12, 3);
    /** Before it broadcasts this round's state, a held training waits for the test. */
    static final int HELD_BROADCAST = 9;
    /** In which a held training waits for the test between the workers' results, in either phase. */
    static final List<Integer> HELD_AVERAGES = List.of(3, 4, 5, 6, 11, 12, 13, 14, 15, 16);
    /** In the middle of writing this round's checkpoint a training with {@link Trouble#WRITING} stops. */
    static final int HELD_CHECKPOINT = 4;

    private static final int SIZE = 40;

    private ClusterTraining() {}

    /** What happens to a training beside what the test does to it. */
    enum Trouble {
        NONE,
        /** Slow enough to be killed in the middle of things. */
        SLOW,
        /** Slow likewise, until half of a checkpoint's bytes are written; the rest never are. */
        WRITING,
        /** Slow likewise, and waits for the test in the held rounds. */
        HELD,
        /** Held likewise; a task fails once, and a worker lags behind once. */
        STORM,
        /** A worker lags so far behind, for once, that another executor is given its task too. */
        STRAGGLER
    }

    /** Arguments: a folder for moments and checkpoints, and the trouble. Spark's settings are system properties. */
    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        Trouble trouble = Trouble.valueOf(arguments[1]);
        Moments moments = new Moments(folder);
        try (JavaSparkContext context = new JavaSparkContext(new SparkConf().setAppName("cluster-training"))) {
            context.sc().addSparkListener(new Watch(moments));
            Configuration configuration = new Configuration();
            if (trouble == Trouble.WRITING) {
                HalfWrittenFiles.use(configuration, folder);
            }
            Checkpoints checkpoints = new Checkpoints(
                    new Storage(configuration), new org.apache.hadoop.fs.Path(folder.toUri()), 2, 0, () -> {});
            moments.mark("done", fingerprint(run(context, checkpoints, moments, trouble)));
        }
    }

    /** The training without a process of its own, checkpoints or trouble. */
    static TrainingState undisturbed(JavaSparkContext context) {
        return run(context, null, null, Trouble.NONE);
    }

    static String fingerprint(TrainingState state) {
        return Checkpoint.sha256(state.values());
    }

    private static TrainingState run(
            JavaSparkContext context, Checkpoints checkpoints, Moments moments, Trouble trouble) {
        GanWorkers gan = new GanWorkers(settings(), new RandomFeatureSource(List.of(2, 2, 2, 2), 1), 1);
        Checkpoint start = (checkpoints == null
                        ? java.util.Optional.<Checkpoint>empty()
                        : checkpoints.latest(warning -> moments.mark("torn")))
                .orElseGet(() -> new Checkpoint("training", 0, Map.of(), gan.initialState()));
        JavaRDD<TrainingSample> shares = context.parallelize(samples(), WORKERS).persist(StorageLevel.DISK_ONLY());
        LocalWorkers<MultiDataSet> workers = moments == null
                ? gan
                : (number, share) -> new Troubled(gan.open(number, share), number, moments, trouble);
        AveragingTrainingMaster master = new AveragingTrainingMaster(
                workers, context.sc().applicationId(), PLAN, Transfer.FLOAT32, start.state(), start.round(), result -> {
                    if (checkpoints != null) {
                        int round = result.round().number();
                        moments.mark("round", round, "ends");
                        if (round % 2 == 0) {
                            checkpoints.write(start.after(round, result.state()), new ContentLosses());
                            moments.mark("checkpoint", round, "written");
                        }
                        boolean held = trouble == Trouble.HELD || trouble == Trouble.STORM;
                        if (held && round + 1 == HELD_BROADCAST) {
                            moments.waitFor("round", HELD_BROADCAST, "broadcast", "on");
                        }
                    }
                });
        try (Network generator = gan.generator()) {
            new SparkComputationGraph(context, generator.graph(), master)
                    .fitMultiDataSet(shares.<MultiDataSet>map(SampleDataSet::new));
            return master.state();
        } finally {
            shares.unpersist();
        }
    }

    static TrainingSettings settings() {
        return Settings.load(
                        List.of(),
                        List.of(
                                "train.generator.width=2",
                                "train.generator.residual-blocks=1",
                                "train.discriminator.width=2",
                                "train.learning-rate.generator=1e-3",
                                "train.batch-size=1",
                                // A pool that lived on in an executor which outlives a round would be missed in a new
                                // one.
                                "train.adversarial.past-fakes=2",
                                "train.crop-pixels=32"))
                .train()
                .training();
    }

    /** In order of workers: a contiguous slice each. */
    static List<TrainingSample> samples() {
        List<TrainingSample> samples = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            for (Kind kind : Kind.values()) {
                for (int i = 0; i < 3; i++) {
                    int position = WORKERS * i + worker;
                    samples.add(new TrainingSample(kind, position, kind + " " + position, png(kind, position)));
                }
            }
        }
        return samples;
    }

    private static byte[] png(Kind kind, int position) {
        byte[] pixels = new byte[SIZE * SIZE * 3];
        new SplittableRandom(100L * kind.ordinal() + position).nextBytes(pixels);
        return new ImageEncoder().encode(PixelImage.bgr(SIZE, SIZE, pixels), ImageFormat.PNG, 100);
    }

    /** A worker that marks its steps and has the trouble. */
    private static final class Troubled implements LocalWorker {
        private final LocalWorker worker;
        private final int number;
        private final Moments moments;
        private final Trouble trouble;
        private Round round;

        Troubled(LocalWorker worker, int number, Moments moments, Trouble trouble) {
            this.worker = worker;
            this.number = number;
            this.moments = moments;
            this.trouble = trouble;
        }

        @Override
        public org.deeplearning4j.nn.graph.ComputationGraph load(Round next, java.nio.FloatBuffer state) {
            round = next;
            return worker.load(next, state);
        }

        @Override
        public MultiDataSet batch(int step) {
            int at = round.number();
            boolean first = TaskContext.get().attemptNumber() == 0;
            moments.mark(
                    "round",
                    at,
                    "step",
                    step,
                    "worker",
                    number,
                    "pid",
                    ProcessHandle.current().pid());
            switch (trouble) {
                case NONE -> {}
                case SLOW, WRITING -> Moments.pause(150);
                case HELD -> {
                    Moments.pause(150);
                    waitForTheTest(step);
                }
                case STORM -> {
                    Moments.pause(150);
                    if (at == 1 && step == 1 && number == 1 && first) {
                        moments.mark("round", at, "throws", number);
                        throw new IllegalStateException("thrown once, on purpose");
                    }
                    if (at == 8 && number == 0) {
                        moments.mark("round", at, "lags", number);
                        Moments.pause(500);
                    }
                    waitForTheTest(step);
                }
                case STRAGGLER -> {
                    if (at == 5 && number == 0 && first) {
                        moments.mark("round", at, "lags", number);
                        moments.waitFor("round", at, "ends");
                    }
                }
            }
            return worker.batch(step);
        }

        private void waitForTheTest(int step) {
            int at = round.number();
            if (HELD_AVERAGES.contains(at) && number == 1 && step == round.steps() - 1) {
                moments.waitFor("round", at, "go", "on");
            }
        }

        @Override
        public void step(MultiDataSet batch) {
            worker.step(batch);
        }

        @Override
        public LocalResult result() {
            return worker.result();
        }

        @Override
        public void close() {
            worker.close();
        }
    }

    /** What the driver sees. A round's first stage takes the steps, its second averages. */
    private static final class Watch extends SparkListener {
        private final Moments moments;
        private final Map<Integer, String> roundOfStage = new ConcurrentHashMap<>();

        Watch(Moments moments) {
            this.moments = moments;
        }

        @Override
        public void onStageSubmitted(SparkListenerStageSubmitted stage) {
            String description = stage.properties().getProperty("spark.job.description", "");
            if (!description.startsWith("round ")) {
                return;
            }
            String round = description.split(" ")[1];
            if (stage.stageInfo().shuffleDepId().isDefined()) {
                roundOfStage.put(stage.stageInfo().stageId(), round);
            } else {
                moments.mark("round", round, "averages");
            }
        }

        @Override
        public void onTaskStart(SparkListenerTaskStart task) {
            if (task.taskInfo().speculative()) {
                moments.mark("speculative", task.taskInfo().taskId());
            }
            String round = roundOfStage.get(task.stageId());
            if (round != null) {
                moments.mark("round", round, "sent", task.taskInfo().partitionId());
            }
        }

        @Override
        public void onTaskEnd(SparkListenerTaskEnd task) {
            String round = roundOfStage.get(task.stageId());
            if (task.taskInfo().successful() && round != null) {
                moments.mark("round", round, "delivered", task.taskInfo().partitionId());
            }
        }

        @Override
        public void onExecutorAdded(SparkListenerExecutorAdded executor) {
            moments.mark("added", executor.executorId());
        }

        @Override
        public void onExecutorRemoved(SparkListenerExecutorRemoved executor) {
            moments.mark("removed", executor.executorId());
        }
    }
}
