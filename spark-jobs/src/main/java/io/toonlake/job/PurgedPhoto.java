package io.toonlake.job;

import io.toonlake.table.Table;
import java.sql.Timestamp;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * A photo that is to go, or went: a row of table {@code purges}.
 *
 * @param photoId null where it is not known
 * @param sha256 null for what was never read
 * @param reason why it goes: {@code listed}, a licence, what the quarantine says, or {@code copy} of one that goes
 * @param samples its rows of table samples
 * @param pictures its rows of tables stylized
 * @param stylizedTables where they were looked for beside the lake
 * @param begun before anything of it went
 * @param purged when the tables as they are had nothing of it any more; null before
 * @param vacuumed when no file of theirs had; null before
 */
record PurgedPhoto(
        Place place,
        String photoId,
        String sha256,
        String reason,
        int samples,
        int pictures,
        List<String> stylizedTables,
        String runId,
        Timestamp begun,
        Timestamp purged,
        Timestamp vacuumed) {

    /** The key of a photo's rows. */
    record Place(String collection, String path) {}

    static PurgedPhoto of(Row row) {
        return new PurgedPhoto(
                new Place(row.getAs("collection"), row.getAs("path")),
                row.getAs("photo_id"),
                row.getAs("sha256"),
                row.getAs("reason"),
                row.getAs("samples"),
                row.getAs("pictures"),
                List.copyOf(row.getList(row.fieldIndex("stylized_tables"))),
                row.getAs("run_id"),
                row.getAs("begun"),
                row.getAs("purged"),
                row.getAs("vacuumed"));
    }

    /** As table {@code purges} has it. */
    Row row() {
        Object[] values = {
            place.collection(),
            place.path(),
            photoId,
            sha256,
            reason,
            samples,
            pictures,
            stylizedTables.toArray(),
            runId,
            begun,
            purged,
            vacuumed
        };
        if (values.length != Table.PURGES.schema().size()) {
            throw new IllegalStateException("table purges has other columns");
        }
        return RowFactory.create(values);
    }

    static PurgedPhoto begun(Place place, String reason, Timestamp now) {
        return new PurgedPhoto(place, null, null, reason, 0, 0, List.of(), "", now, null, null);
    }

    /**
     * With what is found of it now, which adds up with what went before, unless it is a part of that.
     *
     * @param sha256Now null where nothing says it, and what was known stands; likewise the id
     */
    PurgedPhoto again(
            String sha256Now, String photoIdNow, int samplesNow, int picturesNow, List<String> tablesNow, String run) {
        boolean unfinished = purged == null;
        return new PurgedPhoto(
                place,
                photoIdNow == null ? photoId : photoIdNow,
                sha256Now == null ? sha256 : sha256Now,
                reason,
                unfinished ? Math.max(samples, samplesNow) : samples + samplesNow,
                unfinished ? Math.max(pictures, picturesNow) : pictures + picturesNow,
                Stream.concat(stylizedTables.stream(), tablesNow.stream())
                        .distinct()
                        .sorted()
                        .toList(),
                run,
                begun,
                null,
                null);
    }

    /** @param vacuumedAt null where it is not yet */
    PurgedPhoto ended(Timestamp purgedAt, Timestamp vacuumedAt) {
        return new PurgedPhoto(
                place, photoId, sha256, reason, samples, pictures, stylizedTables, runId, begun, purgedAt, vacuumedAt);
    }
}
