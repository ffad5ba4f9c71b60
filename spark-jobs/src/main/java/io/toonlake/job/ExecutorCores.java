package io.toonlake.job;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.status.api.v1.ExecutorSummary;
import scala.collection.JavaConverters;

/**
 * The cores that executors have, and had, as Spark's own page of executors knows them: they come and go, and {@code defaultParallelism} is
 * whatever somebody has configured. Of those that are gone Spark remembers the last {@code spark.ui.retainedDeadExecutors}.
 */
record ExecutorCores(List<Executor> executors) {
    /**
     * One of them.
     *
     * @param from when it came, milliseconds since 1970
     * @param to when it was gone; {@link Long#MAX_VALUE} while it is there
     */
    record Executor(int cores, long from, long to) {}

    /** On one machine the driver is the one executor, and is there from the process's start. */
    static ExecutorCores of(SparkContext spark) {
        List<Executor> executors = new ArrayList<>();
        for (ExecutorSummary each :
                JavaConverters.seqAsJavaList(spark.statusStore().executorList(false))) {
            long from = each.id().equals("driver") ? 0 : each.addTime().getTime();
            scala.Option<Date> gone = each.removeTime();
            executors.add(new Executor(
                    each.totalCores(), from, gone.isDefined() ? gone.get().getTime() : Long.MAX_VALUE));
        }
        return new ExecutorCores(executors);
    }

    /** All executors' cores times the seconds that they were there, between two times in milliseconds since 1970. */
    double seconds(long from, long to) {
        return executors.stream()
                .mapToDouble(each ->
                        each.cores() * Math.max(0, Math.min(to, each.to()) - Math.max(from, each.from())) / 1000.0)
                .sum();
    }

    /** How many cores there were on average between the two, {@code from < to}. */
    double average(long from, long to) {
        return seconds(from, to) / ((to - from) / 1000.0);
    }
}
