package io.toonlake.packing;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SparkExtension.class)
class ParquetShardTest {
    @TempDir
    private Path folder;

    @Test
    void rowGroupsOfLargePicturesStaySmall(SparkSession spark) throws IOException {
        ShardFormat format = Shards.parquet(spark);
        Configuration hadoop = new Configuration(spark.sparkContext().hadoopConfiguration());
        format.settings().forEach(hadoop::set);
        org.apache.hadoop.fs.Path file =
                new org.apache.hadoop.fs.Path(folder.resolve("a.parquet").toUri());
        byte[] picture = new byte[4 << 20];
        try (Shard shard = format.open(file, new TaskAttemptContextImpl(hadoop, new TaskAttemptID()))) {
            for (int i = 0; i < 20; i++) {
                new Random(i).nextBytes(picture);
                shard.add(new Sample(
                        "a" + i,
                        "file:/a" + i,
                        "ab",
                        0,
                        4,
                        3,
                        "jpg",
                        new Sample.Origin("f", "t", "l"),
                        picture.clone()));
            }
        }

        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(file, hadoop))) {
            assertThat(reader.getRowGroups()).hasSizeBetween(2, 4);
            assertThat(reader.getRowGroups())
                    .extracting(BlockMetaData::getTotalByteSize)
                    .allMatch(bytes -> bytes <= 40L << 20);
            assertThat(reader.getRowGroups().get(0).getColumns())
                    .extracting(ColumnChunkMetaData::getCodec)
                    .allMatch(codec -> codec.name().equals("UNCOMPRESSED"));
        }
    }
}
