package io.toonlake.packing;

import java.io.IOException;
import org.apache.spark.sql.SparkSession;

/** The kinds of shards. */
public final class Shards {
    private Shards() {}

    /** POSIX tar, as WebDataset has it. */
    public static ShardFormat tar() {
        return TarShard.format();
    }

    /** Parquet by Spark's writer, with the session's settings. On the driver. */
    public static ShardFormat parquet(SparkSession spark) throws IOException {
        return ParquetShard.format(spark);
    }
}
