package io.toonlake.packing;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.execution.datasources.OutputWriter;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/** A shard as a Parquet file of Spark's own writer, a row a sample. */
final class ParquetShard implements Shard {
    private static final StructType SCHEMA = new StructType()
            .add("key", DataTypes.StringType, false)
            .add("path", DataTypes.StringType, false)
            .add("sha256", DataTypes.StringType, false)
            .add("width", DataTypes.IntegerType, false)
            .add("height", DataTypes.IntegerType, false)
            .add("format", DataTypes.StringType, false)
            .add("model", DataTypes.StringType, false)
            .add("model_title", DataTypes.StringType, false)
            .add("model_licence", DataTypes.StringType, false)
            .add("picture", DataTypes.BinaryType, false);

    /** What a reader has of a shard in its memory at a time, and what a writer has. */
    private static final long ROW_GROUP_BYTES = 32 << 20;

    private final OutputWriter rows;

    private ParquetShard(OutputWriter rows) {
        this.rows = rows;
    }

    /** On the driver. */
    static ShardFormat format(SparkSession spark) throws IOException {
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        Job job = Job.getInstance(hadoop);
        Configuration wanted = job.getConfiguration();
        wanted.setLong("parquet.block.size", ROW_GROUP_BYTES);
        // Sizes are looked at every hundred rows at the earliest, else: of pictures that may be a gigabyte.
        wanted.setInt("parquet.block.size.row.check.min", 1);
        wanted.setInt("parquet.block.size.row.check.max", 1);
        wanted.setInt("parquet.page.size.row.check.min", 1);
        wanted.setInt("parquet.page.size.row.check.max", 1);
        // No two pictures are the same.
        wanted.setBoolean("parquet.enable.dictionary#picture", false);
        // Pictures are compressed already.
        OutputWriterFactory writers = new ParquetFileFormat()
                .prepareWrite(
                        spark,
                        job,
                        scala.collection.immutable.Map$.MODULE$
                                .<String, String>empty()
                                .updated("compression", "none"),
                        SCHEMA);
        Map<String, String> settings = new HashMap<>();
        wanted.forEach(each -> {
            if (!each.getValue().equals(hadoop.getRaw(each.getKey()))
                    && each.getKey().matches("(parquet|spark|org[.]apache[.]spark)[.].*")) {
                settings.put(each.getKey(), each.getValue());
            }
        });
        return new Format(settings, writers);
    }

    private record Format(Map<String, String> settings, OutputWriterFactory writers) implements ShardFormat {
        @Override
        public Shard open(Path file, TaskAttemptContext attempt) {
            return new ParquetShard(writers.newInstance(file.toString(), SCHEMA, attempt));
        }
    }

    @Override
    public long add(Sample sample) {
        rows.write(new GenericInternalRow(new Object[] {
            text(sample.key()),
            text(sample.path()),
            text(sample.sha256()),
            sample.width(),
            sample.height(),
            text(sample.format()),
            text(sample.origin().fingerprint()),
            text(sample.origin().title()),
            text(sample.origin().licence()),
            sample.picture()
        }));
        return NOWHERE;
    }

    private static UTF8String text(String text) {
        return UTF8String.fromString(text);
    }

    @Override
    public void close() {
        rows.close();
    }
}
