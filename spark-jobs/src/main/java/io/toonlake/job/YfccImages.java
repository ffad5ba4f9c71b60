package io.toonlake.job;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Where the images of photos are: in the bucket, by their hashes, or on the web, by their URLs. */
interface YfccImages extends AutoCloseable {
    /** What the rows of one image have in common, and no others. */
    Column identity();

    /** Adds column {@code path}: where the image of a row lies, or will; null for rows that do not say. Rows that are filtered have none. */
    Dataset<Row> located(Dataset<Row> known);

    /**
     * Adds {@code size_bytes} and {@code modified} of the images that are there, and for rows that are not filtered and have none a {@code fault} with
     * its {@code message}.
     */
    Dataset<Row> found(Dataset<Row> located);

    /** Lets go of what {@link #found} keeps in Spark's storage. */
    @Override
    default void close() {}
}
