package io.toonlake.job;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.toonlake.table.Table;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The photos that were purged, as {@code ingest} asks for them: none is taken in again, into whichever collection, whether its path, its id or its bytes
 * tell that it is one.
 */
final class PurgedPhotos {
    /** The filter that passes them over. */
    static final String FILTER = "purged";

    private final Dataset<Row> purges;

    private PurgedPhotos(Dataset<Row> purges) {
        this.purges = purges;
    }

    /** Nothing where nobody has ever purged, which costs a look. */
    static Optional<PurgedPhotos> of(JobContext context) {
        return context.lake().holds(Table.PURGES)
                ? Optional.of(new PurgedPhotos(context.lake().read(Table.PURGES)))
                : Optional.empty();
    }

    private Dataset<Row> known(String column) {
        return purges.select(column).filter(col(column).isNotNull()).distinct();
    }

    /** How many of some rows are purged photos, by their {@code path} or {@code sha256}. */
    long among(Dataset<Row> rows, String column) {
        return rows.join(known(column), JoinColumns.of(column), "left_semi").count();
    }

    /** The others. */
    Dataset<Row> without(Dataset<Row> rows, String column) {
        return rows.join(known(column), JoinColumns.of(column), "left_anti");
    }

    /** Rows with {@code path} and {@code filtered}, likewise: of a photo that was refused before it was purged no id is known. */
    Dataset<Row> markedByPath(Dataset<Row> rows) {
        return rows.join(known("path").withColumn("purged", lit(FILTER)), JoinColumns.of("path"), "left")
                .withColumn("filtered", coalesce(col("filtered"), col("purged")))
                .withColumn("path", when(col("filtered").isNull(), col("path")))
                .drop("purged");
    }

    /** Rows with {@code photo_id} and {@code filtered}, which says so where a photo that nothing else passed over was purged. */
    Dataset<Row> marked(Dataset<Row> rows) {
        Dataset<Row> ids =
                known("photo_id").withColumn("purged", lit(FILTER)).withColumnRenamed("photo_id", "purged_id");
        return rows.withColumn("purged_id", col("photo_id").cast("string"))
                .join(ids, JoinColumns.of("purged_id"), "left")
                .withColumn("filtered", coalesce(col("filtered"), col("purged")))
                .drop("purged_id", "purged");
    }
}
