package io.toonlake.job;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.when;

import io.toonlake.fetch.FetchReason;
import io.toonlake.licence.FlickrLicence;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import picocli.CommandLine.Option;

/** Which photos of a collection are to go. One of these options, and no more. */
final class PurgeSelection {
    /** What a row of metadata has for a path in the quarantine where its image has none. */
    static final String ID_IN_PATH = "#photo-(\\d+)$";

    @Option(names = "--photos", paramLabel = "URI", description = "Those that a text file names: " + NameList.FORM)
    private String photos;

    @Option(
            names = "--licence",
            paramLabel = "ID",
            split = ",",
            description =
                    "Those that are under one of these licences, by Flickr's ids, 0 to 16: as recheck was told, or else as table provenance has it.")
    private List<Integer> licences = new ArrayList<>();

    @Option(
            names = "--gone",
            description =
                    "Those that were taken in, and that are gone or taken down by now: as recheck was told, or as table quarantine has it.")
    private boolean gone;

    @Option(
            names = "--recorded",
            description =
                    "Those that table purges names already: to take out of the history what was purged without --vacuum.")
    private boolean recorded;

    /**
     * @param reasons why each photo goes, by its path
     * @param lines of the list, or else none
     * @param unknown those of them that name nothing here
     */
    record Chosen(Map<String, String> reasons, int lines, List<String> unknown) {
        private static Chosen of(Dataset<Row> pathsAndReasons) {
            Map<String, String> reasons = new TreeMap<>();
            pathsAndReasons.collectAsList().forEach(row -> reasons.put(row.getString(0), row.getString(1)));
            return new Chosen(reasons, 0, List.of());
        }
    }

    /**
     * Looks the photos up.
     *
     * @param stylized the tables that may know photos that no collection has
     * @throws UsageException where a licence is none, or no line of the list names anything
     */
    Chosen chosen(JobContext context, String collection, Collection<Lake> stylized) {
        Lake lake = context.lake();
        Column ours = col("collection").equalTo(collection);
        if (photos != null) {
            return listed(context, collection, known(lake, ours, stylized));
        }
        if (!licences.isEmpty()) {
            licences.stream()
                    .filter(id -> FlickrLicence.of(id).isEmpty())
                    .findFirst()
                    .ifPresent(id -> {
                        throw new UsageException("Invalid --licence: " + id + " (Flickr's ids are 0 to 16)");
                    });
            return Chosen.of(rechecked(lake, ours)
                    .withColumn("licence_id", coalesce(col("licence_now"), col("licence_id")))
                    .filter(col("licence_id").isin(licences.toArray()))
                    .select(col("path"), concat(lit("licence "), col("licence_id"))));
        }
        return Chosen.of(
                recorded ? lake.read(Table.PURGES).filter(ours).select("path", "reason") : takenDown(lake, ours));
    }

    /** Rows {@code path, licence_id} of table provenance with the {@code state} and {@code licence_now} that Flickr has told since, or null. */
    private static Dataset<Row> rechecked(Lake lake, Column ours) {
        return lake.read(Table.PROVENANCE)
                .filter(ours)
                .select("path", "photo_id", "licence_id")
                .join(
                        lake.read(Table.RECHECKS)
                                .select(
                                        col("photo_id"),
                                        col("state"),
                                        when(col("state").equalTo(RecheckJob.AVAILABLE), col("licence_id"))
                                                .as("licence_now")),
                        JoinColumns.of("photo_id"),
                        "left");
    }

    private static Dataset<Row> takenDown(Lake lake, Column ours) {
        Dataset<Row> takenIn = lake.read(Table.IMAGES)
                .filter(ours)
                .select("path")
                .union(lake.read(Table.PROVENANCE).filter(ours).select("path"))
                .distinct();
        return lake.read(Table.QUARANTINE)
                .filter(ours.and(col("reason").isin(FetchReason.GONE.code(), FetchReason.TAKEN_DOWN.code())))
                .join(takenIn, JoinColumns.of("path"), "left_semi")
                .select("path", "reason")
                .union(rechecked(lake, ours)
                        .filter(col("state").equalTo(RecheckJob.GONE))
                        .select(col("path"), lit(FetchReason.GONE.code())));
    }

    /** Rows {@code path, photo_id} of all that the tables say of photos, taken in or not. */
    private static Dataset<Row> known(Lake lake, Column ours, Collection<Lake> stylized) {
        Column none = lit(null).cast("string").as("photo_id");
        Column id = regexp_extract(col("path"), ID_IN_PATH, 1);
        Dataset<Row> known = lake.read(Table.IMAGES)
                .filter(ours)
                .select(col("path"), none)
                .union(lake.read(Table.PROVENANCE).filter(ours).select("path", "photo_id"))
                .union(lake.read(Table.PURGES).filter(ours).select("path", "photo_id"))
                .union(lake.read(Table.QUARANTINE)
                        .filter(ours.and(col("job").equalTo("ingest")))
                        .select(col("path"), when(id.notEqual(""), id)));
        for (Lake each : stylized) {
            known = known.union(each.read(Table.STYLIZED).select(col("path"), none));
        }
        return known;
    }

    private Chosen listed(JobContext context, String collection, Dataset<Row> known) {
        NameList list = NameList.read(context.storage(), "--photos", photos);
        Dataset<Row> found = known.select(col("path").as("name"), col("path"))
                .union(known.filter(col("photo_id").isNotNull()).select(col("photo_id"), col("path")))
                .join(new PurgeRecord(context).named(list.names().keySet(), "name"), "name")
                .distinct();
        Map<String, String> reasons = new TreeMap<>();
        Set<String> unknown = new LinkedHashSet<>(list.lines());
        for (Row row : found.collectAsList()) {
            reasons.put(row.getString(1), "listed");
            unknown.removeAll(list.names().get(row.getString(0)));
        }
        if (reasons.isEmpty()) {
            throw new UsageException("Invalid --photos: " + photos + " (no line of it names anything in collection "
                    + collection + ", as " + list.lines().get(0)
                    + " does not; give paths as table images has them, or Flickr's ids)");
        }
        return new Chosen(reasons, list.lines().size(), List.copyOf(unknown));
    }
}
