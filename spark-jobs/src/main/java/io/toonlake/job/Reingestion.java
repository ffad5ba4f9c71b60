package io.toonlake.job;

import static org.apache.spark.sql.functions.col;

import io.toonlake.storage.SourceFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What a run has to prepare, given the files that changed. Where the original of a duplicate has changed, the duplicate may be an
 * original now, and is prepared again with it: otherwise its content would be in no sample.
 *
 * @param pending all files to prepare, in path order
 * @param added those of them that have not changed themselves
 * @param replaced column path: those of them that table images has a row of, which does not count until it is written anew
 */
record Reingestion(List<SourceFile> pending, Set<String> added, Dataset<Row> replaced) {

    /**
     * @param images the collection's rows of table images
     * @param changed files that are new or have changed
     */
    static Reingestion of(SparkSession spark, Dataset<Row> images, List<SourceFile> changed) {
        List<SourceFile> pending = new ArrayList<>(changed);
        Set<String> all = new HashSet<>();
        Set<String> replaced = new HashSet<>();
        if (!images.isEmpty()) {
            Set<String> known = new HashSet<>();
            changed.forEach(file -> known.add(file.path()));
            List<String> last = known.stream().toList();
            while (!last.isEmpty()) {
                Dataset<Row> originals =
                        spark.createDataset(last, Encoders.STRING()).toDF("original");
                replaced.addAll(paths(images.join(originals, col("path").equalTo(col("original")))));
                List<SourceFile> duplicates =
                        files(images.join(originals, col("duplicate_of").equalTo(col("original"))));
                last = duplicates.stream()
                        .map(SourceFile::path)
                        .filter(known::add)
                        .toList();
                Set<String> added = Set.copyOf(last);
                all.addAll(added);
                duplicates.stream().filter(file -> added.contains(file.path())).forEach(pending::add);
            }
            pending.sort(Comparator.comparing(SourceFile::path));
        }
        return new Reingestion(
                pending,
                all,
                spark.createDataset(List.copyOf(replaced), Encoders.STRING()).toDF("path"));
    }

    /** As they were when they were ingested; they may lie below another folder than this run's. */
    private static List<SourceFile> files(Dataset<Row> rows) {
        return rows.select("path", "size_bytes", "modified").collectAsList().stream()
                .map(row -> new SourceFile(
                        row.getString(0), row.getLong(1), row.getTimestamp(2).getTime()))
                .toList();
    }

    private static List<String> paths(Dataset<Row> rows) {
        return rows.select("path").collectAsList().stream()
                .map(row -> row.getString(0))
                .toList();
    }
}
