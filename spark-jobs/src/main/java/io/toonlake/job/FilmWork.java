package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import io.toonlake.film.FrameFilter;
import io.toonlake.storage.SourceFile;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Which films a run has to read: those that are new or have changed, and those that the others' going leaves without frames. A frame counts
 * whose film's row of table films, the one that is no repetition, is of the same run; others were left by a run that was killed.
 *
 * @param pending in path order
 * @param listed the paths that the run was given; films that lie elsewhere are pending too where they depend on one of these
 * @param unchanged rows of table films of those that are as they were
 * @param quarantined how many listed files an earlier run refused, by reason
 * @param known rows of table films by path, as they were before the run
 * @param owners by fingerprint: the rows, of films that are not pending, whose frames are in table images
 * @param replaced column path: frames that do not count until they are written anew
 */
record FilmWork(
        List<SourceFile> pending,
        Set<String> listed,
        List<Row> unchanged,
        Map<String, Long> quarantined,
        Map<String, Row> known,
        Map<String, Row> owners,
        Dataset<Row> replaced) {

    private static final StructType OWNER =
            new StructType().add("film", DataTypes.StringType).add("run_id", DataTypes.StringType);

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
        Map<String, SourceFile> byPath = new LinkedHashMap<>();
        listing.forEach(film -> byPath.put(film.path(), film));
        Set<String> again = new HashSet<>();
        files.pending().forEach(film -> again.add(film.path()));
        Frames frames = new Frames(context, collection);
        boolean more = true;
        while (more) {
            Map<String, Row> owners = owners(known, again);
            Set<String> dangling = frames.dangling(owners);
            more = false;
            for (Map.Entry<String, Row> film : known.entrySet()) {
                String its = film.getValue().getAs("fingerprint");
                boolean orphan = isRepeated(film.getValue())
                        ? byPath.containsKey(film.getKey()) && !owners.containsKey(its)
                        : dangling.contains(its);
                more |= orphan && again.add(film.getKey());
            }
        }
        List<SourceFile> pending = new ArrayList<>();
        List<Row> unchanged = new ArrayList<>();
        for (String path : again) {
            pending.add(byPath.containsKey(path) ? byPath.get(path) : file(known.get(path)));
        }
        pending.sort(Comparator.comparing(SourceFile::path));
        for (SourceFile film : listing) {
            Row row = known.get(film.path());
            if (row != null && !again.contains(film.path()) && fingerprint.equals(row.getAs("settings_fingerprint"))) {
                unchanged.add(row);
            }
        }
        Map<String, Row> owners = owners(known, again);
        return new FilmWork(
                pending, byPath.keySet(), unchanged, files.quarantined(), known, owners, frames.others(owners));
    }

    private static SourceFile file(Row film) {
        return new SourceFile(
                film.getAs("path"),
                film.<Long>getAs("size_bytes"),
                film.<Timestamp>getAs("modified").getTime());
    }

    static boolean isRepeated(Row film) {
        Map<String, Long> filtered = film.getJavaMap(film.fieldIndex("filtered_by"));
        return filtered.containsKey(FrameFilter.REPEATED.code());
    }

    private static Map<String, Row> owners(Map<String, Row> known, Set<String> again) {
        Map<String, Row> owners = new HashMap<>();
        known.forEach((path, film) -> {
            if (!again.contains(path) && !isRepeated(film)) {
                owners.put(film.getAs("fingerprint"), film);
            }
        });
        return owners;
    }

    /** Fingerprints that these films had before the run. */
    Set<String> fingerprintsOf(List<SourceFile> films) {
        Set<String> fingerprints = new HashSet<>();
        for (SourceFile film : films) {
            if (known.containsKey(film.path())) {
                fingerprints.add(known.get(film.path()).getAs("fingerprint"));
            }
        }
        return fingerprints;
    }

    /** The collection's frames in table images. */
    private record Frames(JobContext context, String collection) {
        private Dataset<Row> all() {
            return context.lake()
                    .read(Table.IMAGES)
                    .filter(col("collection")
                            .equalTo(collection)
                            .and(col("film").isNotNull()))
                    .select("path", "film", "run_id", "duplicate_of");
        }

        private Dataset<Row> of(Map<String, Row> owners) {
            List<Row> rows = owners.values().stream()
                    .map(film -> RowFactory.create(film.<String>getAs("fingerprint"), film.<String>getAs("run_id")))
                    .toList();
            return context.spark().createDataFrame(rows, OWNER);
        }

        /** Fingerprints of owners with frames that repeat frames which do not count: these may be originals now. */
        Set<String> dangling(Map<String, Row> owners) {
            if (owners.isEmpty()) {
                return Set.of();
            }
            Dataset<Row> counting = all().join(of(owners), JoinColumns.of("film", "run_id"), "left_semi");
            Dataset<Row> originals = counting.filter(col("duplicate_of").isNull())
                    .select(col("path").as("duplicate_of"));
            return new HashSet<>(counting.filter(not(col("duplicate_of").isNull()))
                    .join(originals, JoinColumns.of("duplicate_of"), "left_anti")
                    .select("film")
                    .distinct()
                    .as(Encoders.STRING())
                    .collectAsList());
        }

        /** Paths of the frames of no owner, as the table is now: it changes while they are used. */
        Dataset<Row> others(Map<String, Row> owners) {
            List<String> paths = context.lake().holds(Table.IMAGES)
                    ? all().join(of(owners), JoinColumns.of("film", "run_id"), "left_anti")
                            .select("path")
                            .as(Encoders.STRING())
                            .collectAsList()
                    : List.of();
            return context.spark().createDataset(paths, Encoders.STRING()).toDF("path");
        }
    }
}
