package io.toonlake.job;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.function.DoubleSupplier;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.Success$;
import org.apache.spark.TaskCommitDenied;
import org.apache.spark.TaskKilled;
import org.apache.spark.metrics.source.Source;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.util.LongAccumulator;

/**
 * What a run is doing, for Spark's metrics system, which hands it to the sinks that are configured: source {@code toonlake} of the driver. Names and
 * meanings are in docs/monitoring.md. One for each Spark context; where jobs follow each other in one, gauges are of the one that
 * began last, and counters go on.
 */
final class RunMetrics implements Source {
    static final String NAME = "toonlake";

    private final SparkContext spark;
    private final MetricRegistry registry = new MetricRegistry();

    private RunMetrics(SparkContext spark) {
        this.spark = spark;
    }

    /** Those of this context, registered with the first call. */
    static synchronized RunMetrics of(SparkContext spark) {
        var known = SparkEnv.get().metricsSystem().getSourcesByName(NAME);
        if (!known.isEmpty() && known.head() instanceof RunMetrics metrics && metrics.spark == spark) {
            return metrics;
        }
        RunMetrics metrics = new RunMetrics(spark);
        metrics.registry.counter("tasks.failed");
        metrics.registry.counter("stages.repeated");
        SparkEnv.get().metricsSystem().registerSource(metrics);
        spark.addSparkListener(metrics.new Failures());
        return metrics;
    }

    @Override
    public String sourceName() {
        return NAME;
    }

    @Override
    public MetricRegistry metricRegistry() {
        return registry;
    }

    /** Of a job that begins: what the one before it has shown is no more. */
    synchronized void begin() {
        registry.removeMatching((name, metric) -> metric instanceof Gauge);
    }

    /** A figure that is asked for when somebody looks; in place of one of that name. */
    synchronized void gauge(String name, DoubleSupplier figure) {
        registry.remove(name);
        registry.register(name, (Gauge<Double>) figure::getAsDouble);
    }

    /** Adds to a counter. */
    void count(String name, long more) {
        registry.counter(name).inc(more);
    }

    /** Counts what was quarantined; what was passed over is not. */
    void quarantined(String reason, long more) {
        if (!reason.equals(Worklist.FILTERED)) {
            count("quarantined." + reason, more);
        }
    }

    /** A sum over the tasks that have ended, shown as a gauge. */
    LongAccumulator sum(String name) {
        LongAccumulator sum = spark.longAccumulator(name);
        gauge(name, sum::sum);
        return sum;
    }

    /** What Spark does again. */
    private final class Failures extends SparkListener {
        @Override
        public void onTaskEnd(SparkListenerTaskEnd task) {
            // Those that were killed were not needed any more: a faster attempt has won, or the job was ended.
            if (task.reason() != Success$.MODULE$
                    && !(task.reason() instanceof TaskKilled)
                    && !(task.reason() instanceof TaskCommitDenied)) {
                count("tasks.failed", 1);
            }
        }

        @Override
        public void onStageSubmitted(SparkListenerStageSubmitted stage) {
            if (stage.stageInfo().attemptNumber() > 0) {
                count("stages.repeated", 1);
            }
        }
    }
}
