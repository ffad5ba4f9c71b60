package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_extract;

import io.toonlake.film.Crop;
import io.toonlake.film.FilmIndex;
import io.toonlake.film.FilmReason;
import io.toonlake.film.FrameChoice;
import io.toonlake.film.FrameFilter;
import io.toonlake.storage.SourceFile;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Writes a few films: their frames first, then away with frames that were of them before and are so no more, then the quarantine, and the films at
 * last. A run that is killed in between leaves frames that do not count; the next run reads their films again, and writes the same over them.
 */
final class FilmCommit {
    private static final StructType FILM = new StructType()
            .add("path", DataTypes.StringType)
            .add("size_bytes", DataTypes.LongType)
            .add("modified", DataTypes.TimestampType)
            .add("fingerprint", DataTypes.StringType)
            .add("codec", DataTypes.StringType)
            .add("width", DataTypes.IntegerType)
            .add("height", DataTypes.IntegerType)
            .add("frames", DataTypes.LongType)
            .add("seconds", DataTypes.DoubleType)
            .add("scenes", DataTypes.IntegerType)
            .add("crop_x", DataTypes.IntegerType)
            .add("crop_y", DataTypes.IntegerType)
            .add("crop_width", DataTypes.IntegerType)
            .add("crop_height", DataTypes.IntegerType)
            .add("chosen", DataTypes.LongType)
            .add("undecodable", DataTypes.LongType)
            .add("filtered_by", DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType));

    private static final StructType REFUSED = new StructType()
            .add("path", DataTypes.StringType)
            .add("size_bytes", DataTypes.LongType)
            .add("modified", DataTypes.TimestampType)
            .add("reason", DataTypes.StringType)
            .add("message", DataTypes.StringType);

    private final JobContext context;
    private final String collection;
    private final String fingerprint;
    private final IngestCommit images;

    FilmCommit(JobContext context, String collection, String fingerprint, IngestCommit images) {
        this.context = context;
        this.collection = collection;
        this.fingerprint = fingerprint;
        this.images = images;
    }

    /**
     * A film, and what became of its frames.
     *
     * @param outcomes how many chosen frames were accepted, under the empty text, and refused, by reason
     */
    record Film(SourceFile file, FilmIndex index, FrameChoice choice, Map<String, Long> outcomes) {
        long accepted() {
            return outcomes.getOrDefault("", 0L);
        }

        /** How many frames were refused, by reason. */
        Map<String, Long> reasons() {
            Map<String, Long> reasons = new TreeMap<>(outcomes);
            reasons.remove("");
            if (!choice.missing().isEmpty()) {
                reasons.merge(
                        FilmReason.UNDECODABLE.code(), (long) choice.missing().size(), Long::sum);
            }
            return reasons;
        }

        private Row row() {
            Crop crop = choice.crop();
            Map<String, Long> filtered = new HashMap<>();
            choice.filtered().forEach((filter, count) -> filtered.put(filter.code(), count));
            return RowFactory.create(
                    file.path(),
                    file.sizeBytes(),
                    new Timestamp(file.modifiedMillis()),
                    index.fingerprint(),
                    index.codec(),
                    index.width(),
                    index.height(),
                    (long) index.frames(),
                    index.seconds(),
                    choice.scenes(),
                    crop.x(),
                    crop.y(),
                    crop.width(),
                    crop.height(),
                    accepted(),
                    Counts.sum(reasons()),
                    filtered);
        }

        /** A row for each run of missing frames: a damaged stretch would fill the quarantine with the same line. */
        private List<Row> missing() {
            List<Row> rows = new ArrayList<>();
            List<Long> missing = choice.missing();
            for (int from = 0, until; from < missing.size(); from = until) {
                int first = index.number(missing.get(from));
                until = from + 1;
                while (until < missing.size() && index.number(missing.get(until)) == first + until - from) {
                    until++;
                }
                String path = new PreparedRows.Frame(index.fingerprint(), missing.get(from), first).path();
                rows.add(RowFactory.create(
                        path,
                        file.sizeBytes(),
                        new Timestamp(file.modifiedMillis()),
                        FilmReason.UNDECODABLE.code(),
                        String.format(
                                "Cannot decode %d frames of %s, from number %d (at %.3f s) on",
                                until - from, file.path(), first, index.seconds(missing.get(from)))));
            }
            return rows;
        }
    }

    /** How many prepared frames were accepted, under the empty text, and refused, by reason; of each film. Runs the preparation. */
    static Map<String, Map<String, Long>> outcomes(Dataset<Row> prepared) {
        Map<String, Map<String, Long>> outcomes = new HashMap<>();
        prepared.groupBy("film", "reason")
                .count()
                .collectAsList()
                .forEach(row -> outcomes.computeIfAbsent(row.getString(0), film -> new TreeMap<>())
                        .put(row.isNullAt(1) ? "" : row.getString(1), row.getLong(2)));
        return outcomes;
    }

    /**
     * @param prepared the films' frames
     * @param refused files that are no films, or none that can be read
     * @param gone fingerprints whose frames no film has any more
     * @param displaced paths of films whose frames are now another's
     */
    void write(
            Dataset<Row> prepared,
            List<Film> films,
            Map<SourceFile, FilmTasks.Outcome<?>> refused,
            Set<String> gone,
            List<String> displaced) {
        images.write(prepared);
        Set<String> touched = new HashSet<>(gone);
        films.stream()
                .filter(film -> !film.choice().filtered().containsKey(FrameFilter.REPEATED))
                .forEach(film -> touched.add(film.index().fingerprint()));
        forgetOthers(touched);
        List<String> rowsGone = new ArrayList<>(displaced);
        refused.keySet().forEach(file -> rowsGone.add(file.path()));
        if (!rowsGone.isEmpty()) {
            // Before the quarantine: no file may be in both.
            context.lake().delete(Table.FILMS, keys(rowsGone));
        }
        quarantine(films, refused, touched);
        if (!films.isEmpty()) {
            upsert(context.spark()
                    .createDataFrame(films.stream().map(Film::row).toList(), FILM)
                    .withColumn("settings_fingerprint", lit(fingerprint))
                    .withColumn("run_id", lit(context.runId())));
        }
    }

    /** The film has moved: its frames are there, and remain of the run that took them. */
    void move(Row film, SourceFile to) {
        upsert(context.spark()
                .createDataFrame(List.of(film), film.schema())
                .withColumn("path", lit(to.path()))
                .withColumn("size_bytes", lit(to.sizeBytes()))
                .withColumn("modified", lit(new Timestamp(to.modifiedMillis()))));
        context.lake().delete(Table.FILMS, keys(List.of(film.<String>getAs("path"))));
        context.lake().delete(Table.QUARANTINE, keys(List.of(to.path())).withColumn("job", lit("ingest")));
    }

    private void upsert(Dataset<Row> films) {
        context.lake()
                .upsert(
                        Table.FILMS,
                        films.withColumn("collection", lit(collection)).withColumn("ingested", current_timestamp()));
    }

    /** Frames of these films that this run did not choose are of other settings, or of what lay at the same path. */
    private void forgetOthers(Set<String> films) {
        if (!films.isEmpty()) {
            images.forget(images.asOfNow(context.lake()
                    .read(Table.IMAGES)
                    .filter(col("collection")
                            .equalTo(collection)
                            .and(col("film").isin(films.toArray()))
                            .and(col("run_id").notEqual(context.runId())))
                    .select("collection", "path", "sha256")));
        }
    }

    private void quarantine(List<Film> films, Map<SourceFile, FilmTasks.Outcome<?>> refused, Set<String> touched) {
        Lake lake = context.lake();
        List<Row> rows = new ArrayList<>();
        films.forEach(film -> rows.addAll(film.missing()));
        refused.forEach((file, outcome) -> rows.add(RowFactory.create(
                file.path(),
                file.sizeBytes(),
                new Timestamp(file.modifiedMillis()),
                outcome.reason().code(),
                "Cannot read " + file.path() + ": " + outcome.message())));
        if (lake.holds(Table.QUARANTINE)) {
            List<String> paths = new ArrayList<>(lake.read(Table.QUARANTINE)
                    .filter(col("job")
                            .equalTo("ingest")
                            .and(col("collection").equalTo(collection))
                            .and(col("run_id").notEqual(context.runId()))
                            .and(regexp_extract(col("path"), "^film:([0-9a-f]+)/", 1)
                                    .isin(touched.toArray())))
                    .select("path")
                    .as(Encoders.STRING())
                    .collectAsList());
            films.forEach(film -> paths.add(film.file().path()));
            lake.delete(
                    Table.QUARANTINE,
                    context.spark()
                            .createDataset(paths, Encoders.STRING())
                            .select(
                                    lit("ingest").as("job"),
                                    lit(collection).as("collection"),
                                    col("value").as("path")));
        }
        if (!rows.isEmpty()) {
            lake.upsert(
                    Table.QUARANTINE,
                    context.spark()
                            .createDataFrame(rows, REFUSED)
                            .withColumn("job", lit("ingest"))
                            .withColumn("collection", lit(collection))
                            .withColumn("settings_fingerprint", lit(fingerprint))
                            .withColumn("run_id", lit(context.runId()))
                            .withColumn("quarantined", current_timestamp()));
        }
    }

    private Dataset<Row> keys(List<String> paths) {
        return context.spark()
                .createDataset(paths, Encoders.STRING())
                .select(lit(collection).as("collection"), col("value").as("path"));
    }
}
