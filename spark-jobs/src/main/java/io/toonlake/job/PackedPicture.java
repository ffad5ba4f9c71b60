package io.toonlake.job;

import static org.apache.spark.sql.functions.col;

import io.toonlake.storage.Storage;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;

/** Reads one picture of a shard. */
final class PackedPicture {
    private PackedPicture() {}

    /**
     * The picture's file.
     *
     * @param row of table {@code stylized}, with a shard
     * @param maxBytes that it may have
     */
    static byte[] read(JobContext context, Row row, long maxBytes) throws IOException {
        Path shard = new Path(row.<String>getAs("shard"));
        long length = row.<Long>getAs("output_bytes");
        if (length > maxBytes) {
            throw new IOException("holds more than " + maxBytes + " bytes");
        }
        if (row.getAs("picture_offset") == null) {
            if (!context.storage().fileSystem(shard).exists(shard)) {
                throw new FileNotFoundException(shard.toString());
            }
            return context
                    .spark()
                    .read()
                    .parquet(Storage.literal(shard))
                    .filter(col("key").equalTo(row.<String>getAs("sample_key")))
                    .select("picture")
                    .collectAsList()
                    .stream()
                    .findFirst()
                    .orElseThrow(() -> new FileNotFoundException(row.getAs("sample_key") + " in " + shard))
                    .getAs(0);
        }
        byte[] bytes = new byte[(int) length];
        try (FSDataInputStream in = context.storage().fileSystem(shard).open(shard)) {
            in.readFully(row.<Long>getAs("picture_offset"), bytes);
        }
        return bytes;
    }
}
