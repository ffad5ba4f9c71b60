package io.toonlake.job;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.regexp_extract;

import io.toonlake.job.PurgeList.Picture;
import io.toonlake.job.PurgedPhoto.Place;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * Takes photos and what was made of them out: files first, which only rows name, and then the rows. The photos stand in table {@code purges} by then,
 * with all that their rows are found by, so that after a kill in between the next run looks for the same, and finds what is left.
 */
final class Erasure {
    private final JobContext context;
    private final PurgeList list;
    private final Map<String, Lake> stylized;

    Erasure(JobContext context, PurgeList list, Map<String, Lake> stylized) {
        this.context = context;
        this.list = list;
        this.stylized = stylized;
    }

    /**
     * @param files rows as {@link FileDeletion} takes them
     * @param within what their paths begin with; empty where they may be anywhere
     * @return the paths of those that are there still, since they are not what was written there
     */
    @SuppressWarnings("try") // the progress line lives as long as its block
    Set<String> deleteFiles(List<Row> files, String within) {
        if (files.isEmpty()) {
            return Set.of();
        }
        CollectionAccumulator<String> left = context.sparkContext().sc().collectionAccumulator("left");
        LongAccumulator done = context.sparkContext().sc().longAccumulator("purged");
        try (Progress progress = context.progress("purge", "files", files.size(), done::value)) {
            context.sparkContext()
                    .parallelize(
                            files,
                            Math.min(files.size(), 4 * context.sparkContext().defaultParallelism()))
                    .foreachPartition(new FileDeletion(
                            "purge",
                            ListedFiles.hadoop(context),
                            within,
                            Rates.of(context.settings().stylize(), context.sparkContext())
                                    .writesPerSecond(),
                            context.runId(),
                            done,
                            left));
        } finally {
            Gate.forget(context.runId());
        }
        return new TreeSet<>(left.value());
    }

    /** What was refused meanwhile of photos that were purged before is deleted, too. */
    void deleteRows(Collection<Picture> pictures) {
        if (!list.photos().isEmpty()) {
            deleteTakenIn();
        }
        Set<String> names = names(pictures);
        unrefuse(context.lake(), names);
        stylized.forEach((tables, lake) -> {
            if (!tables.equals(context.lake().root().toString())) {
                unrefuse(lake, names);
            }
            List<String> outputs = pictures.stream()
                    .filter(picture -> picture.tables().equals(tables))
                    .map(Picture::output)
                    .toList();
            if (!outputs.isEmpty()) {
                lake.delete(
                        Table.STYLIZED,
                        context.spark()
                                .createDataset(outputs, Encoders.STRING())
                                .toDF("output"));
            }
        });
    }

    /** Bytes first, and whose they are after them: nothing is there meanwhile of which that is not known. */
    private void deleteTakenIn() {
        Lake lake = context.lake();
        Dataset<Row> hashes = new PurgeRecord(context).named(list.hashes(), "sha256");
        delete(lake, Table.SAMPLES, hashes, "sha256", "collection", "sha256");
        delete(lake, Table.EDGE_SMOOTHED, hashes, "sha256", "collection", "sha256");
        delete(lake, Table.SAMPLE_PICTURES, hashes, "sha256", "sha256");
        forget(list.duplicates());
        Dataset<Row> photos =
                places(list.photos().stream().map(PurgedPhoto::place).toList());
        lake.delete(Table.IMAGES, photos);
        lake.delete(Table.PROVENANCE, photos);
        // That it was gone once says nothing of a photo that somebody takes in again.
        Set<String> ids = list.photos().stream()
                .map(PurgedPhoto::photoId)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        delete(lake, Table.RECHECKS, new PurgeRecord(context).named(ids, "photo_id"), "photo_id", "photo_id");
    }

    /**
     * Near-duplicates of what goes: the next {@code ingest} takes them for new, and prepares them as any other. Rows of table images go last, since by
     * them they are found again.
     */
    private void forget(List<Place> duplicates) {
        if (!duplicates.isEmpty()) {
            Dataset<Row> images = places(duplicates);
            context.lake().delete(Table.PROVENANCE, images);
            context.lake().delete(Table.IMAGES, images);
        }
    }

    private Dataset<Row> places(List<Place> places) {
        return context.spark()
                .createDataFrame(
                        places.stream()
                                .map(place -> RowFactory.create(place.collection(), place.path()))
                                .toList(),
                        StructType.fromDDL("collection string, path string"));
    }

    /** What rows of table quarantine may be called by: photos, samples, pictures, or ids in metadata. */
    private Set<String> names(Collection<Picture> pictures) {
        Set<String> names = new HashSet<>(list.hashes());
        Stream.concat(list.photos().stream(), list.before().stream())
                .flatMap(photo -> Stream.of(photo.place().path(), photo.photoId()))
                .filter(Objects::nonNull)
                .forEach(names::add);
        pictures.forEach(picture -> names.add(picture.output()));
        return names;
    }

    private void unrefuse(Lake lake, Set<String> names) {
        if (lake.holds(Table.QUARANTINE)) {
            Dataset<Row> refused = lake.read(Table.QUARANTINE)
                    .select(
                            col("job"),
                            col("collection"),
                            col("path"),
                            explode(array(
                                            col("path"),
                                            regexp_extract(col("path"), "^([0-9a-f]{64})#\\d+$", 1),
                                            regexp_extract(col("path"), PurgeSelection.ID_IN_PATH, 1)))
                                    .as("name"))
                    .join(new PurgeRecord(context).named(names, "name"), "name")
                    .select("job", "collection", "path");
            delete(lake, Table.QUARANTINE, refused);
        }
    }

    /** Tables are large, and most hold nothing of what goes: a write that deletes nothing would read them no less, and leave a version. */
    private void delete(Lake lake, Table table, Dataset<Row> gone, String by, String... key) {
        if (lake.holds(table)) {
            delete(
                    lake,
                    table,
                    lake.read(table)
                            .select(Stream.of(key).map(functions::col).toArray(Column[]::new))
                            .join(broadcast(gone), JoinColumns.of(by), "left_semi"));
        }
    }

    /** Collected, since the table changes before they are used. */
    private void delete(Lake lake, Table table, Dataset<Row> keys) {
        List<Row> found = keys.distinct().collectAsList();
        if (!found.isEmpty()) {
            lake.delete(table, context.spark().createDataFrame(found, keys.schema()));
        }
    }
}
