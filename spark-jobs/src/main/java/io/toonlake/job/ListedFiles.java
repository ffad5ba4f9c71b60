package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import io.toonlake.storage.Listing;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.Storage;
import io.toonlake.storage.Visibility;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The files below a folder as rows {@code path, size_bytes, modified}. The driver lists the upper folders, Spark's tasks what is below
 * them, so that nobody holds a list of all.
 *
 * @param rows listed when they are asked for, and again each time, unless the driver has them all
 * @param small whether the driver has them all
 */
record ListedFiles(Dataset<Row> rows, boolean small) {
    /** Files that the driver lists itself, about: more than most folders have, and a fraction of a second's work. */
    private static final int DRIVERS_SHARE = 10_000;

    private static final int TASKS_PER_CORE = 8;

    static final StructType LISTED = new StructType()
            .add("path", DataTypes.StringType)
            .add("size_bytes", DataTypes.LongType)
            .add("modified_millis", DataTypes.LongType);

    /** @param option the command line's name for the folder, for error messages */
    static ListedFiles below(JobContext context, Path folder, String option) {
        return below(context, folder, option, DRIVERS_SHARE);
    }

    static ListedFiles below(JobContext context, Path folder, String option, int driversShare) {
        return below(context, folder, Visibility.INPUT, option, driversShare);
    }

    /** All that a run may have made in {@code --output}, by whatever name. */
    static ListedFiles made(JobContext context, Path output) {
        return below(context, output, Visibility.OUTPUT, "--output", DRIVERS_SHARE);
    }

    private static ListedFiles below(
            JobContext context, Path folder, Visibility names, String option, int driversShare) {
        Listing.Beginning beginning = new Listing(context.storage(), names).begin(folder, option, driversShare);
        Dataset<Row> rows = rows(context, beginning.files());
        if (beginning.folders().isEmpty()) {
            return new ListedFiles(timed(rows), true);
        }
        List<String> folders = new ArrayList<>(beginning.folders());
        // Neighbours are alike: a task should not get all of the large ones.
        Collections.shuffle(folders, new Random(1));
        int tasks =
                Math.min(folders.size(), TASKS_PER_CORE * context.sparkContext().defaultParallelism());
        Dataset<Row> below = context.spark()
                .createDataFrame(
                        context.sparkContext()
                                .parallelize(folders, tasks)
                                .mapPartitions(new Below(hadoop(context), names, folder.toString(), option)),
                        LISTED);
        return new ListedFiles(timed(rows.union(below)), false);
    }

    /** The same, kept once they were listed, for who looks at them more than once. */
    ListedFiles kept() {
        return new ListedFiles(rows.persist(StorageLevel.MEMORY_AND_DISK()), small);
    }

    static Dataset<Row> rows(JobContext context, List<SourceFile> files) {
        return context.spark()
                .createDataFrame(files.stream().map(ListedFiles::row).toList(), LISTED);
    }

    static Broadcast<SerializableConfiguration> hadoop(JobContext context) {
        return context.sparkContext()
                .broadcast(new SerializableConfiguration(
                        context.spark().sparkContext().hadoopConfiguration()));
    }

    static Dataset<Row> timed(Dataset<Row> rows) {
        return rows.select(
                col("path"),
                col("size_bytes"),
                expr("timestamp_millis(modified_millis)").as("modified"));
    }

    static Row row(SourceFile file) {
        return RowFactory.create(file.path(), file.sizeBytes(), file.modifiedMillis());
    }

    private record Below(Broadcast<SerializableConfiguration> hadoop, Visibility names, String root, String option)
            implements FlatMapFunction<Iterator<String>, Row>, Serializable {
        @Override
        public Iterator<Row> call(Iterator<String> folders) {
            List<String> given = new ArrayList<>();
            folders.forEachRemaining(given::add);
            Iterator<SourceFile> files =
                    new Listing(new Storage(hadoop.value().value()), names).below(new Path(root), given, option);
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return files.hasNext();
                }

                @Override
                public Row next() {
                    return row(files.next());
                }
            };
        }
    }
}
