package io.toonlake.job;

import static org.apache.spark.sql.functions.col;

import io.toonlake.storage.SourceFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
 * @param replaced column path: those of them that table images has a row of, which does not count until it is written anew
 */
record Reingestion(List<SourceFile> pending, Dataset<Row> replaced) {

    /**
     * @param images the collection's rows of table images
     * @param changed files that are new or have changed
     */
    static Reingestion of(SparkSession spark, Dataset<Row> images, List<SourceFile> listing, List<SourceFile> changed) {
        List<SourceFile> pending = new ArrayList<>(changed);
        Set<String> replaced = new HashSet<>();
        if (!images.isEmpty()) {
            Map<String, SourceFile> listed = new HashMap<>();
            listing.forEach(file -> listed.put(file.path(), file));
            Set<String> known = new HashSet<>();
            changed.forEach(file -> known.add(file.path()));
            List<String> last = known.stream().toList();
            while (!last.isEmpty()) {
                Dataset<Row> originals =
                        spark.createDataset(last, Encoders.STRING()).toDF("original");
                replaced.addAll(paths(images.join(originals, col("path").equalTo(col("original")))));
                last = paths(images.join(originals, col("duplicate_of").equalTo(col("original")))).stream()
                        .filter(path -> listed.containsKey(path) && known.add(path))
                        .toList();
                last.forEach(path -> pending.add(listed.get(path)));
            }
            pending.sort(Comparator.comparing(SourceFile::path));
        }
        return new Reingestion(
                pending,
                spark.createDataset(List.copyOf(replaced), Encoders.STRING()).toDF("path"));
    }

    private static List<String> paths(Dataset<Row> rows) {
        return rows.select("path").collectAsList().stream()
                .map(row -> row.getString(0))
                .toList();
    }
}
