package io.toonlake.job;

import static org.apache.spark.sql.functions.col;

import io.toonlake.film.FrameFilter;
import io.toonlake.storage.SourceFile;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/**
 * Which of the listed films a run has to read.
 *
 * @param pending in path order
 * @param unchanged rows of table films of those that are as they were
 * @param quarantined how many listed files an earlier run refused, by reason
 * @param known rows of table films by path, as they were before the run
 * @param primary fingerprints of films that are not read, and whose frames are in table images
 * @param replaced column path: frames of films that are read again, which do not count until they are written anew
 */
record FilmWork(
        List<SourceFile> pending,
        List<Row> unchanged,
        Map<String, Long> quarantined,
        Map<String, Row> known,
        Set<String> primary,
        Dataset<Row> replaced) {

    static FilmWork of(JobContext context, String collection, String fingerprint, List<SourceFile> listing) {
        Lake lake = context.lake();
        Map<String, Row> known = new LinkedHashMap<>();
        Dataset<Row> films = lake.read(Table.FILMS).filter(col("collection").equalTo(collection));
        films.collectAsList().forEach(film -> known.put(film.getAs("path"), film));
        KnownFiles files = KnownFiles.of(
                ListedFiles.timed(ListedFiles.rows(context, listing)),
                films.filter(col("settings_fingerprint").equalTo(fingerprint)),
                lake.read(Table.QUARANTINE)
                        .filter(col("job")
                                .equalTo("ingest")
                                .and(col("collection").equalTo(collection))
                                .and(col("settings_fingerprint").equalTo(fingerprint))));
        Set<String> again = new TreeSet<>();
        files.pending().forEach(film -> again.add(film.path()));
        Dataset<Row> frames = lake.read(Table.IMAGES)
                .filter(col("collection").equalTo(collection).and(col("film").isNotNull()));
        boolean more = !known.isEmpty() && !again.isEmpty();
        while (more) {
            Set<String> gone = fingerprints(known, again);
            Set<String> touched = new HashSet<>(gone);
            touched.addAll(repeating(context, frames, gone));
            more = false;
            for (SourceFile film : listing) {
                Row row = known.get(film.path());
                if (row != null && touched.contains(row.<String>getAs("fingerprint"))) {
                    more |= again.add(film.path());
                }
            }
        }
        List<SourceFile> pending = new ArrayList<>();
        List<Row> unchanged = new ArrayList<>();
        for (SourceFile film : listing) {
            if (again.contains(film.path())) {
                pending.add(film);
            } else if (known.containsKey(film.path())) {
                unchanged.add(known.get(film.path()));
            }
        }
        Set<String> primary = new HashSet<>();
        known.forEach((path, film) -> {
            Map<String, Long> filtered = film.getJavaMap(film.fieldIndex("filtered_by"));
            if (!again.contains(path) && !filtered.containsKey(FrameFilter.REPEATED.code())) {
                primary.add(film.getAs("fingerprint"));
            }
        });
        Dataset<Row> replaced = frames.filter(
                        col("film").isin(fingerprints(known, again).toArray()))
                .select("path");
        // As the table is now: it changes while it is used.
        Dataset<Row> kept = context.spark()
                .createDataset(replaced.as(Encoders.STRING()).collectAsList(), Encoders.STRING())
                .toDF("path");
        return new FilmWork(pending, unchanged, files.quarantined(), known, primary, kept);
    }

    /** Fingerprints of films that have frames which repeat frames of others: when those go, these may be originals. */
    private static List<String> repeating(JobContext context, Dataset<Row> frames, Set<String> films) {
        Dataset<Row> originals = frames.filter(col("film").isin(films.toArray()))
                .select(col("path").as("original"));
        return frames.join(originals, col("duplicate_of").equalTo(col("original")))
                .select("film")
                .distinct()
                .as(Encoders.STRING())
                .collectAsList();
    }

    private static Set<String> fingerprints(Map<String, Row> known, Set<String> paths) {
        Set<String> fingerprints = new HashSet<>();
        for (String path : paths) {
            if (known.containsKey(path)) {
                fingerprints.add(known.get(path).getAs("fingerprint"));
            }
        }
        return fingerprints;
    }

    /** Fingerprints that these films had before the run. */
    Set<String> fingerprintsOf(List<SourceFile> films) {
        Set<String> paths = new HashSet<>();
        films.forEach(film -> paths.add(film.path()));
        return fingerprints(known, paths);
    }
}
