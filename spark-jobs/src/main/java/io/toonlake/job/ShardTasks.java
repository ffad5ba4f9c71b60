package io.toonlake.job;

import io.toonlake.packing.ShardPlan;
import java.util.List;
import org.apache.spark.Partition;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.PartitionCoalescer;
import org.apache.spark.rdd.PartitionGroup;
import org.apache.spark.rdd.RDD;
import scala.Option;

/**
 * Gives the task that writes a shard the pictures of the tasks that made them, in order. Two neighbours may get the same task's.
 * Serializable as Spark's check asks for it, which is for Scala's own interface.
 */
final class ShardTasks implements PartitionCoalescer, scala.Serializable {
    private static final long serialVersionUID = 1L;

    private final List<ShardPlan.Range> ranges;

    private ShardTasks(List<ShardPlan.Range> ranges) {
        this.ranges = ranges;
    }

    /** A partition for each range, with all that its tasks made. */
    static JavaRDD<Made> of(JavaRDD<Made> made, List<ShardPlan.Range> ranges) {
        return made.rdd()
                .coalesce(ranges.size(), false, Option.apply(new ShardTasks(ranges)), null)
                .toJavaRDD();
    }

    @Override
    public PartitionGroup[] coalesce(int most, RDD<?> parent) {
        Partition[] tasks = parent.partitions();
        return ranges.stream()
                .map(range -> {
                    PartitionGroup group = new PartitionGroup(Option.empty());
                    range.tasks().forEach(task -> group.partitions().$plus$eq(tasks[task]));
                    return group;
                })
                .toArray(PartitionGroup[]::new);
    }
}
