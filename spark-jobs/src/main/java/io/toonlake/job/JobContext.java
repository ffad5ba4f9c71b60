package io.toonlake.job;

import io.toonlake.config.Settings;
import io.toonlake.storage.S3aDefaults;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.table.Lake;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.apache.logging.log4j.ThreadContext;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** What a job works with: the Spark session, the settings, the files and the tables. */
final class JobContext implements AutoCloseable {
    /** The run's id in lines of logs. */
    private static final String LOGGED = "mdc.run";

    private final SparkSession spark;
    private final boolean owned;
    private final Settings settings;
    private final String runId;
    private final Storage storage;
    private final Lake lake;
    private final Stages stages;
    private final RunMetrics metrics;

    private JobContext(
            SparkSession spark, boolean owned, Settings settings, String runId, String tables, Stages stages) {
        this.spark = spark;
        this.owned = owned;
        this.settings = settings;
        this.runId = runId;
        S3aDefaults.apply(spark.sparkContext().hadoopConfiguration());
        this.storage = new Storage(spark.sparkContext().hadoopConfiguration());
        this.stages = stages;
        this.metrics = RunMetrics.of(spark.sparkContext());
        this.lake = new Lake(spark, storage.qualified(tables));
    }

    /** Joins the Spark session that is running, or opens one that {@link #close()} stops. */
    static JobContext open(Settings settings, String runId, String job, String tables) {
        Stages stages = new Stages("start");
        boolean running = SparkSession.getDefaultSession()
                .exists(session -> !session.sparkContext().isStopped());
        SparkSession spark = running ? SparkSession.getDefaultSession().get() : session(job);
        spark.sparkContext().setJobGroup(runId, "toonlake " + job, true);
        // Spark hands it to the executors' logs, beside the task's name: %X{mdc.run} in a pattern of Log4j. The
        // driver's log has it from here.
        spark.sparkContext().setLocalProperty(LOGGED, runId);
        ThreadContext.put(LOGGED, runId);
        try {
            JobContext context = new JobContext(spark, !running, settings, runId, tables, stages);
            context.metrics.begin();
            stages.begin("work");
            return context;
        } catch (RuntimeException e) {
            if (!running) {
                spark.stop();
            }
            throw e;
        }
    }

    private static SparkSession session(String job) {
        SparkConf conf = new SparkConf();
        conf.setIfMissing("spark.master", "local[*]");
        conf.setIfMissing("spark.app.name", "toonlake " + job);
        conf.setIfMissing("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension");
        conf.setIfMissing("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
        conf.setIfMissing("spark.sql.session.timeZone", "UTC");
        // Rows hold whole crops: a batch of Parquet's default 4,096 of them would be a gigabyte.
        conf.setIfMissing("spark.sql.parquet.columnarReaderBatchSize", "128");
        // ND4J's threads wait asleep; ./toonlake does the same for the driver.
        conf.setIfMissing("spark.executorEnv.OMP_WAIT_POLICY", "passive");
        // Java reads file names in the locale's encoding; ./toonlake does the same for the driver.
        conf.setIfMissing("spark.executorEnv.LC_ALL", "C.UTF-8");
        // GPUs get the numbers that deploy/gpu/discover-gpus tells Spark.
        conf.setIfMissing("spark.executorEnv.CUDA_DEVICE_ORDER", "PCI_BUS_ID");
        if (job.equals("ingest")) {
            // A commit's queries have their turns while the next images are prepared.
            conf.setIfMissing("spark.scheduler.mode", "FAIR");
        }
        if (job.equals("train")) {
            // The same again: a training's executors keep the memory that each of their steps needs.
            conf.setIfMissing("spark.executorEnv.MALLOC_TRIM_THRESHOLD_", "17179869184");
            conf.setIfMissing("spark.executorEnv.MALLOC_MMAP_MAX_", "0");
            // States are noise to a compressor: it saves thousandths of their bytes and takes longer than a fast
            // network.
            conf.setIfMissing("spark.broadcast.compress", "false");
            conf.setIfMissing("spark.shuffle.compress", "false");
            // A round's average comes to the driver whole; Spark's bound is 1 GiB.
            conf.setIfMissing("spark.driver.maxResultSize", "0");
            // A round shuffles a few large records; with few partitions Spark would write them to a file each, and copy
            // those into one.
            conf.setIfMissing("spark.shuffle.sort.bypassMergeThreshold", "0");
            // An executor asks for one block after the other, and tells the driver of each.
            conf.setIfMissing("spark.broadcast.blockSize", "16m");
            // Of few samples most come from one executor, which Spark then would have all the workers on, for good:
            // each stays where its share is kept.
            conf.setIfMissing("spark.shuffle.reduceLocality.enabled", "false");
        }
        if (conf.get("spark.master").startsWith("local")) {
            // One machine: 200 shuffle partitions and 50 for each table's snapshot are all overhead.
            conf.setIfMissing("spark.sql.shuffle.partitions", "4");
            conf.setIfMissing("spark.databricks.delta.snapshotPartitions", "2");
            conf.setIfMissing("spark.ui.enabled", "false");
        }
        return SparkSession.builder().config(conf).getOrCreate();
    }

    static UnreachableException unreadableModel(String option, String folder, IOException cause) {
        return new UnreachableException(
                "Cannot read " + option + " " + folder + ": " + Storage.reason(cause)
                        + " (a model is a folder that train or import-model wrote)",
                cause);
    }

    /** What Spark's UI calls the jobs from now on. */
    void describe(String work) {
        spark.sparkContext().setJobDescription("toonlake " + work);
    }

    /** What takes how long; a job that says nothing has all its time in {@code work}. */
    Stages stages() {
        return stages;
    }

    /** What this run shows whoever watches it. */
    RunMetrics metrics() {
        return metrics;
    }

    /**
     * Says every few seconds how far the work is, and shows it as metrics.
     *
     * @param activity what is going on, such as {@code ingest}
     * @param unit what is counted, in the plural
     * @param done how many are done now; called from other threads
     */
    Progress progress(String activity, String unit, long total, LongSupplier done) {
        metrics.gauge("work.total", () -> total);
        metrics.gauge("work.done", done::getAsLong);
        return new Progress(activity, unit, total, done);
    }

    SparkSession spark() {
        return spark;
    }

    JavaSparkContext sparkContext() {
        return JavaSparkContext.fromSparkContext(spark.sparkContext());
    }

    Settings settings() {
        return settings;
    }

    String runId() {
        return runId;
    }

    Storage storage() {
        return storage;
    }

    Lake lake() {
        return lake;
    }

    @Override
    public void close() {
        ThreadContext.remove(LOGGED);
        if (owned) {
            spark.stop();
        }
    }
}
