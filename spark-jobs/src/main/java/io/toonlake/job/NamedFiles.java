package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.regexp_replace;

import io.toonlake.storage.Listing;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Iterator;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/** Files that a list names. Tasks ask the store how large they are and when they changed; one that is missing is found unreadable later. */
final class NamedFiles {
    /** At a line's ends, with the mark that Windows puts before the first. */
    private static final String BLANKS = "^[\\s\\uFEFF]+|\\s+$";

    private NamedFiles() {}

    /** @param list text file, a path or URI a line; paths that do not begin with a slash are taken from its folder */
    static Dataset<Row> of(JobContext context, String list) {
        Path file = context.storage().canonical(list);
        if (file.getName().matches("[._].*")) {
            throw new UsageException("Invalid --input-list: " + list
                    + " (Spark reads no files whose names begin with a dot or an underscore; rename it)");
        }
        try {
            if (!context.storage().fileSystem(file).getFileStatus(file).isFile()) {
                throw new UsageException(
                        "Invalid --input-list: " + list + " (it is a folder; give a folder of photos to --input)");
            }
        } catch (FileNotFoundException e) {
            throw new UnreachableException("Cannot read --input-list " + Storage.shown(file) + ": no such file", e);
        } catch (IOException e) {
            throw new UnreachableException(
                    "Cannot read --input-list " + Storage.shown(file) + ": " + Storage.reason(e), e);
        }
        return looked(
                context,
                context.spark()
                        .read()
                        .text(Storage.literal(file))
                        .select(regexp_replace(col("value"), BLANKS, "").as("value"))
                        .filter(not(col("value").equalTo("")))
                        .distinct(),
                file.getParent().toString(),
                "--input-list");
    }

    /**
     * Size and time of each.
     *
     * @param paths rows with a path or URI first
     * @param folder of paths that are no URI and do not begin with a slash
     * @param option the command line's name for what names the files, for error messages
     */
    static Dataset<Row> looked(JobContext context, Dataset<Row> paths, String folder, String option) {
        Broadcast<SerializableConfiguration> hadoop = ListedFiles.hadoop(context);
        return ListedFiles.timed(context.spark()
                .createDataFrame(
                        paths.javaRDD()
                                .repartition(8 * context.sparkContext().defaultParallelism())
                                .mapPartitions(new Look(hadoop, folder, option)),
                        ListedFiles.LISTED));
    }

    private record Look(Broadcast<SerializableConfiguration> hadoop, String folder, String option)
            implements FlatMapFunction<Iterator<Row>, Row>, java.io.Serializable {
        @Override
        public Iterator<Row> call(Iterator<Row> paths) {
            Listing listing = new Listing(new Storage(hadoop.value().value()));
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return paths.hasNext();
                }

                @Override
                public Row next() {
                    String path = paths.next().getString(0);
                    boolean whole = path.startsWith("/") || path.matches("[a-z][a-z0-9+.-]*:/.*");
                    SourceFile file = listing.file(whole ? path : folder + "/" + path, option);
                    return ListedFiles.row(file);
                }
            };
        }
    }
}
