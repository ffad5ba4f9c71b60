package io.toonlake.job;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Images in the layout of the bucket {@code multimedia-commons}.
 *
 * @param folder {@code data/images} of the bucket or its copy
 */
record BucketImages(JobContext context, String folder) implements YfccImages {
    private static final String NO_HASH = "no-hash";
    private static final String IMAGE_MISSING = "image-missing";

    /** What is missing is looked up as a file without bytes of 1970. */
    static Column missing() {
        return col("size_bytes").equalTo(0).and(col("modified").equalTo(lit(new java.sql.Timestamp(0))));
    }

    @Override
    public Column identity() {
        return coalesce(col("hash"), col("photo_id").cast("string"));
    }

    @Override
    public Dataset<Row> located(Dataset<Row> known) {
        Column path = concat(
                lit(folder + "/"),
                substring(col("hash"), 1, 3),
                lit("/"),
                substring(col("hash"), 4, 3),
                lit("/"),
                col("hash"),
                lit(".jpg"));
        return known.withColumn("path", when(col("filtered").isNull(), path));
    }

    @Override
    public Dataset<Row> found(Dataset<Row> located) {
        Dataset<Row> files = NamedFiles.looked(
                context, located.filter(col("path").isNotNull()).select("path"), folder, "--images");
        Column photo = concat(lit("Cannot find photo "), col("photo_id"), lit(" ("), col("page_url"), lit("): "));
        return located.join(files, JoinColumns.of("path"), "left")
                .withColumn(
                        "fault",
                        when(col("filtered").isNotNull(), null)
                                .when(col("path").isNull(), lit(NO_HASH))
                                .when(missing(), lit(IMAGE_MISSING)))
                .withColumn(
                        "message",
                        when(
                                        col("fault").equalTo(NO_HASH),
                                        concat(
                                                photo,
                                                lit(
                                                        "its row has no hash, which names the image (--yfcc-hashes FILE has one for each id)")))
                                .when(
                                        col("fault").equalTo(IMAGE_MISSING),
                                        concat(photo, lit("no image at "), col("path"))));
    }
}
