package io.toonlake.job;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.xxhash64;

import io.toonlake.storage.Lease;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.storage.Visibility;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.net.URI;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the pictures whose photos are gone from the input, and then their rows: killed in between, it finds the rows again, and does the
 * rest. Pictures are those that table {@code stylized} names; a file that no row names was not made here and is nobody's to delete.
 *
 * <p>A photo is gone where it was below the folder that was listed and the listing has it no more. One that filters pass over is
 * listed, and so there.
 */
final class Pruning {
    private static final Logger LOG = LoggerFactory.getLogger(Pruning.class);

    /** Two columns, as {@link Worklist} has them: a number is sorted and compared faster than a path. */
    private static final scala.collection.Seq<String> PHOTO = JoinColumns.of("path_hash", "path");

    private static final scala.collection.Seq<String> PICTURE = JoinColumns.of("output_hash", "output");

    private final JobContext context;
    private final ListedFiles photos;
    private final Path output;
    private final Path root;
    private final Optional<Instant> listed;
    private final boolean filesListed;

    /**
     * @param photos rows {@code path} and {@code output}, filtered ones among them; looked at several times
     * @param output folder of the pictures; nothing outside of it is deleted
     * @param root folder that was listed whole; pictures of photos from elsewhere are left alone
     * @param listed when the listing was made, where that was not just now: photos that changed later are not in it, and not gone
     * @param filesListed whether it was the folder's files that were listed, and not a table's rows, which name none that were refused
     */
    Pruning(
            JobContext context,
            ListedFiles photos,
            Path output,
            Path root,
            Optional<Instant> listed,
            boolean filesListed) {
        this.context = context;
        this.photos = photos;
        this.output = output;
        this.root = root;
        this.listed = listed;
        this.filesListed = filesListed;
    }

    /**
     * Prunes.
     *
     * @return how many pictures
     * @throws UsageException before anything is deleted, where they are more than the settings allow
     * @throws UnreachableException where a store fails; the next run does the rest
     */
    long run(Lease lease) {
        Lake lake = context.lake();
        long count = lake.holds(Table.STYLIZED) ? pruned(lake, lease) : 0;
        if (filesListed && !photos.rows().isEmpty()) {
            forgetRefused(lake, lease);
        }
        return count;
    }

    /** What {@link #run} would do, in words. */
    String would() {
        if (!context.lake().holds(Table.STYLIZED)) {
            return "would prune 0 pictures";
        }
        Dataset<Row> known = known(context.lake());
        long count = missing(known).count();
        long all = known.count();
        return count > allowed() * all
                ? String.format(
                        "--prune would be refused: %,d of %,d pictures are more than stylize.max-pruned-fraction = %s allows",
                        count, all, allowed())
                : String.format("would prune %,d pictures", count);
    }

    private double allowed() {
        return context.settings().stylize().maxPrunedFraction();
    }

    private long pruned(Lake lake, Lease lease) {
        Dataset<Row> known = known(lake);
        Dataset<Row> missing = missing(known).select("path", "output", "output_bytes");
        // As an RDD: of a query over a table Spark forgets what it has kept when that table changes.
        JavaRDD<Row> gone = missing.javaRDD().persist(StorageLevel.MEMORY_AND_DISK());
        try {
            long count = gone.count();
            if (count > 0) {
                check(count, known.count(), gone);
                lease.check();
                deletePictures(gone, count);
                deleteRows(lake, context.spark().createDataFrame(gone, missing.schema()));
                LOG.info("Pruned {} pictures whose photos are gone", count);
            }
            return count;
        } finally {
            gone.unpersist();
        }
    }

    /** Rows of the quarantine whose photos are gone; most never had a picture. */
    private void forgetRefused(Lake lake, Lease lease) {
        if (!lake.holds(Table.QUARANTINE)) {
            return;
        }
        Dataset<Row> refused = lake.read(Table.QUARANTINE)
                .filter(col("job").equalTo("stylize"))
                .filter(isBelowRoot())
                .select("path", "modified")
                .withColumn("path_hash", xxhash64(col("path")))
                .join(joined(hashed("path", "path")), PHOTO, "left_anti");
        Dataset<Row> gone = surelyGone(refused).select("path");
        JavaRDD<Row> rows = gone.javaRDD().persist(StorageLevel.MEMORY_AND_DISK());
        try {
            if (!rows.isEmpty()) {
                lease.check();
                lake.delete(Table.QUARANTINE, refusals(context.spark().createDataFrame(rows, gone.schema())));
            }
        } finally {
            rows.unpersist();
        }
    }

    /** A link to nowhere is listed by its URI, which has two slashes more. */
    private Column isBelowRoot() {
        String below = Targets.within(root);
        Column listed = col("path").startsWith(below);
        return below.startsWith("file:/") ? listed.or(col("path").startsWith("file://" + below.substring(5))) : listed;
    }

    /** The pictures in this output of photos below the root; those in shards are no files. */
    private Dataset<Row> known(Lake lake) {
        return lake.read(Table.STYLIZED)
                .filter(col("output").startsWith(Targets.within(output)))
                .filter(col("path").startsWith(Targets.within(root)))
                .filter(col("shard").isNull())
                .select("path", "modified", "output", "output_bytes");
    }

    private Dataset<Row> missing(Dataset<Row> known) {
        Dataset<Row> gone = known.withColumn("path_hash", xxhash64(col("path")))
                .withColumn("output_hash", xxhash64(col("output")))
                .join(joined(hashed("path", "path")), PHOTO, "left_anti")
                // A name that another photo's picture has by now, or that is a photo itself.
                .join(joined(hashed("output", "output").union(hashed("path", "output"))), PICTURE, "left_anti");
        return surelyGone(gone);
    }

    /** Of what the listing has not, what would be in it if it were there: names that it hides may have been on a list. */
    private Dataset<Row> surelyGone(Dataset<Row> unlisted) {
        String folder = root.toString();
        Dataset<Row> shown = unlisted.filter(udf(
                        (UDF1<String, Boolean>)
                                path -> !path.startsWith(folder) || Visibility.INPUT.showsBelow(folder, path),
                        DataTypes.BooleanType)
                .apply(col("path")));
        Dataset<Row> gone =
                listed.isPresent() ? shown.filter(col("modified").lt(lit(Timestamp.from(listed.get())))) : shown;
        return "file".equals(root.toUri().getScheme()) ? exceptBehindLinks(gone) : gone;
    }

    private Dataset<Row> hashed(String column, String as) {
        return photos.rows()
                .select(xxhash64(col(column)).as(as + "_hash"), col(column).as(as));
    }

    private Dataset<Row> joined(Dataset<Row> listing) {
        return photos.small() ? broadcast(listing) : listing.hint("merge");
    }

    /** What cannot be looked into, such as a link to a disk that is not there, is listed by its URI: of what is below nothing is known. */
    private Dataset<Row> exceptBehindLinks(Dataset<Row> gone) {
        Dataset<Row> unseen = photos.rows()
                .filter(col("path").startsWith("file:///"))
                .select(udf(
                                (UDF1<String, String>)
                                        uri -> "file:" + URI.create(uri).getPath(),
                                DataTypes.StringType)
                        .apply(col("path"))
                        .as("unseen"));
        return gone.join(broadcast(unseen), col("path").startsWith(concat(col("unseen"), lit("/"))), "left_anti");
    }

    private void check(long count, long all, JavaRDD<Row> gone) {
        if (count > allowed() * all) {
            throw new UsageException(String.format(
                    "Invalid --prune: it would delete %,d of %,d pictures, %s among them, which is more than "
                            + "stylize.max-pruned-fraction = %s allows (look whether %s has all its photos; if they are gone for good, "
                            + "--set stylize.max-pruned-fraction=1)",
                    count, all, gone.first().getString(1), allowed(), Storage.shown(root)));
        }
    }

    @SuppressWarnings("try") // the progress line lives as long as its block
    private void deletePictures(JavaRDD<Row> gone, long count) {
        LongAccumulator done = context.sparkContext().sc().longAccumulator("pruned");
        try (Progress progress = context.progress("prune", "pictures", count, done::value)) {
            gone.map(Pruning::file)
                    .foreachPartition(new FileDeletion(
                            "prune",
                            ListedFiles.hadoop(context),
                            Targets.within(output),
                            Rates.of(context.settings().stylize(), context.sparkContext())
                                    .writesPerSecond(),
                            context.runId(),
                            done,
                            context.sparkContext().sc().collectionAccumulator("left")));
        }
    }

    private static Row file(Row picture) {
        return RowFactory.create(picture.getString(1), picture.getLong(2));
    }

    /** Rows of {@code stylized} go last: by them the rest is found again. */
    private static void deleteRows(Lake lake, Dataset<Row> gone) {
        lake.delete(Table.QUARANTINE, refusals(gone));
        lake.delete(Table.STYLIZED, gone.select("output"));
    }

    private static Dataset<Row> refusals(Dataset<Row> photos) {
        return photos.select(lit("stylize").as("job"), lit("").as("collection"), col("path"));
    }
}
