package io.toonlake.packing;

import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/** How shards are written. Made on the driver, used by tasks. */
public interface ShardFormat extends Serializable {
    /** Settings of Hadoop that the attempts must have. */
    Map<String, String> settings();

    /**
     * Begins a shard.
     *
     * @param file where an attempt writes it
     */
    Shard open(Path file, TaskAttemptContext attempt) throws IOException;
}
