package io.toonlake.table;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.regexp_extract;

import io.delta.tables.DeltaTable;
import java.util.List;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;

/** The files of a table's earlier versions, in which rows live on that were deleted. */
final class History {
    private final SparkSession spark;

    History(SparkSession spark) {
        this.spark = spark;
    }

    void delete(String location) {
        // Delta refuses to keep less than a week, for the sake of who still reads. Only here is that not wanted, so it
        // is
        // told to a session of this moment.
        SparkSession unchecked = spark.newSession();
        unchecked.conf().set("spark.databricks.delta.retentionDurationCheck.enabled", false);
        // Delta lists in as many tasks, however few folders there are; Spark's default are 10,000.
        unchecked
                .conf()
                .set(
                        "spark.sql.sources.parallelPartitionDiscovery.parallelism",
                        4L * spark.sparkContext().defaultParallelism());
        DeltaTable.forPath(unchecked, location).vacuum(0);
    }

    /** As Parquet files, since it is to be known what lies there, and not what the log believes. */
    List<String> filesHolding(String location, List<String> names) {
        return spark.read()
                .schema("sha256 string, path string")
                .option("recursiveFileLookup", true)
                .option("pathGlobFilter", "*.parquet")
                .parquet(location)
                .select(
                        col("_metadata.file_path").as("file"),
                        explode(array(
                                        col("sha256"),
                                        col("path"),
                                        regexp_extract(col("path"), "^([0-9a-f]{64})#\\d+$", 1)))
                                .as("name"))
                .join(
                        broadcast(spark.createDataset(names, Encoders.STRING())
                                .distinct()
                                .toDF("name")),
                        "name")
                .select("file")
                .distinct()
                .orderBy("file")
                .as(Encoders.STRING())
                .collectAsList();
    }
}
