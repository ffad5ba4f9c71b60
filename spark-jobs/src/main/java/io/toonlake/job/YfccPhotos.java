package io.toonlake.job;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.md5;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import io.toonlake.storage.UnreachableException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;

/**
 * The photos of YFCC100M, or of those that Flickr's search found, that a run wants, and what becomes of all other rows of the metadata. Filters come
 * first, so that images are looked for that are wanted, and no others.
 */
final class YfccPhotos implements AutoCloseable {
    /** The photo, or its image, is in a row before. */
    private static final String REPEATED = "repeated";

    private final Dataset<Row> lines;
    private final Dataset<Row> wanted;
    private final Dataset<Row> looked;
    private final long rows;
    private final Map<String, Long> filtered = new TreeMap<>();
    private final Map<String, Long> refused = new TreeMap<>();
    private final Map<String, Double> figures = new LinkedHashMap<>();

    private YfccPhotos(JobContext context, YfccOptions options, YfccImages images) {
        YfccSelection selection = options.selection();
        Dataset<Row> hashes = options.hashes(context);
        lines = marked(options.metadata(context, figures), selection).persist(StorageLevel.MEMORY_AND_DISK());
        rows = count(lines);
        Dataset<Row> chosen =
                lines.filter(col("fault").isNull().and(col("filtered").isNull()));
        Dataset<Row> known = known(chosen, hashes, images.identity());
        Optional<PurgedPhotos> purges = PurgedPhotos.of(context);
        Dataset<Row> located =
                images.located(purges.map(purged -> purged.marked(known)).orElse(known));
        wanted = purges.map(purged -> purged.markedByPath(located))
                .orElse(located)
                .persist(StorageLevel.MEMORY_AND_DISK());
        looked = images.found(wanted).persist(StorageLevel.MEMORY_AND_DISK());
        count(looked);
    }

    /**
     * Reads the metadata and looks for the images of the rows that are wanted.
     *
     * @throws UnreachableException where metadata or images are missing, or the metadata cannot be unpacked
     */
    static YfccPhotos chosen(JobContext context, YfccOptions options, YfccImages images) {
        return new YfccPhotos(context, options, images);
    }

    /** Of rows that are passed over no more is kept than by which filter: millions of them take next to no memory. */
    private static Dataset<Row> marked(Dataset<Row> metadata, YfccSelection selection) {
        Dataset<Row> marked = metadata.withColumn("filtered", when(col("fault").isNull(), selection.filteredBy()));
        return marked.select(Arrays.stream(marked.columns())
                .map(column -> column.equals("filtered") || column.equals("metadata")
                        ? col(column)
                        : when(col("filtered").isNull(), col(column)).as(column))
                .toArray(Column[]::new));
    }

    /** Adds up what was filtered and refused, and returns how many rows there were. */
    private long count(Dataset<Row> marked) {
        long all = 0;
        for (Row row : marked.groupBy("fault", "filtered").count().collectAsList()) {
            long count = row.getLong(2);
            all += count;
            if (!row.isNullAt(0)) {
                refused.merge(row.getString(0), count, Long::sum);
            } else if (!row.isNullAt(1)) {
                filtered.merge(row.getString(1), count, Long::sum);
            }
        }
        return all;
    }

    /** With the hashes that the metadata lacks, each photo once and each image once. */
    private static Dataset<Row> known(Dataset<Row> chosen, Dataset<Row> hashes, Column identity) {
        Dataset<Row> hashed = chosen;
        if (hashes != null) {
            Dataset<Row> lacking = chosen.filter(col("hash").isNull()).select("photo_id");
            Dataset<Row> needed = hashes.join(lacking, JoinColumns.of("photo_id"), "left_semi")
                    .groupBy("photo_id")
                    .agg(min("found_hash").as("found_hash"));
            hashed = chosen.join(needed, JoinColumns.of("photo_id"), "left")
                    .withColumn("hash", coalesce(col("hash"), col("found_hash")))
                    .drop("found_hash");
        }
        // Which of several rows counts must not depend on how Spark reads them.
        Column everything = to_json(functions.struct(
                Arrays.stream(chosen.columns()).map(functions::col).toArray(Column[]::new)));
        WindowSpec samePhoto =
                Window.partitionBy("photo_id").orderBy(col("hash").asc_nulls_last(), col("metadata"), everything);
        WindowSpec sameImage = Window.partitionBy(col("filtered"), identity).orderBy(col("photo_id"), everything);
        return hashed.withColumn("filtered", repeated(samePhoto))
                .withColumn("filtered", coalesce(col("filtered"), repeated(sameImage)));
    }

    private static Column repeated(WindowSpec same) {
        return when(row_number().over(same).gt(1), lit(REPEATED));
    }

    /** Column {@code metadata}: the files that were read. */
    Dataset<Row> files() {
        return lines.select("metadata").distinct();
    }

    /** How many rows the metadata has. */
    long rows() {
        return rows;
    }

    /** How many were passed over, by filter. */
    Map<String, Long> filtered() {
        return filtered;
    }

    /** How many are broken or have no image, by reason. */
    Map<String, Long> refused() {
        return refused;
    }

    /** What it took to find them, where that was much, for the summary. */
    Map<String, Double> figures() {
        return figures;
    }

    /** Rows {@code path, size_bytes, modified} of the images that are wanted and there, each path once. */
    Dataset<Row> images() {
        return present().select("path", "size_bytes", "modified");
    }

    /** The same with all that the metadata says of them. */
    Dataset<Row> present() {
        return looked.filter(col("fault").isNull().and(col("filtered").isNull()));
    }

    /** Rows {@code metadata, path, reason, message, raw} of what was refused; each path, which no two have in common, is the same in every run. */
    Dataset<Row> faults() {
        Column nth = row_number().over(Window.partitionBy("metadata", "raw").orderBy("message"));
        Dataset<Row> broken = lines.filter(col("fault").isNotNull())
                .withColumn("nth", nth)
                .select(
                        col("metadata"),
                        functions
                                .concat_ws(
                                        "#line-",
                                        col("metadata"),
                                        functions.concat_ws(
                                                "-",
                                                md5(col("raw")),
                                                when(
                                                        col("nth").gt(1),
                                                        col("nth").cast("string"))))
                                .as("path"),
                        col("fault").as("reason"),
                        col("message"),
                        col("raw"));
        Dataset<Row> imageless = looked.filter(col("fault").isNotNull())
                .select(
                        col("metadata"),
                        coalesce(col("path"), concat(col("metadata"), lit("#photo-"), col("photo_id")))
                                .as("path"),
                        col("fault").as("reason"),
                        col("message"),
                        lit(null).cast("string").as("raw"));
        return broken.unionByName(imageless);
    }

    @Override
    public void close() {
        looked.unpersist();
        wanted.unpersist();
        lines.unpersist();
    }
}
