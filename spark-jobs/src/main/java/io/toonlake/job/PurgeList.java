package io.toonlake.job;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;

import io.toonlake.job.PurgedPhoto.Place;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * What a purge is about to take out, looked up before anything goes. A photo is what has its path, its id or its bytes: the same under another name or in
 * another collection goes with it, since samples are kept by their bytes and nobody who wants a photo gone means one copy of it.
 *
 * @param photos to be purged, as table purges is to have them
 * @param before those asked for that were purged before, and have left nothing
 * @param hashes of all bytes that they have had
 * @param samples how many
 * @param pictures made of them, wherever
 * @param duplicates images that are kept as near-duplicates of one of them, and that give no samples of their own as long as they are
 */
record PurgeList(
        List<PurgedPhoto> photos,
        List<PurgedPhoto> before,
        Set<String> hashes,
        long samples,
        List<Picture> pictures,
        List<Place> duplicates) {

    /**
     * A row of a table stylized.
     *
     * @param tables which
     * @param shard null where the picture is a file
     */
    record Picture(
            String tables, String output, long bytes, String path, String sha256, String shard, Long shardBytes) {}

    /** What the tables say of a photo, and whether any but purges says it: what it is now counts, and not what it was when it was purged. */
    private record Seen(String sha256, String photoId, boolean here) {
        private Seen and(Seen other) {
            return new Seen(
                    other.sha256 != null && (other.here || sha256 == null) ? other.sha256 : sha256,
                    other.photoId == null ? photoId : other.photoId,
                    here || other.here);
        }
    }

    /**
     * @param chosen why photos go, by their paths
     * @param stylized the lakes with pictures, by their URIs
     */
    static PurgeList of(JobContext context, String collection, Map<String, String> chosen, Map<String, Lake> stylized) {
        PurgeRecord purges = new PurgeRecord(context);
        Set<String> names = new HashSet<>(chosen.keySet());
        chosen.keySet().stream().map(PurgeList::idIn).filter(Objects::nonNull).forEach(names::add);
        purges.unfinished().forEach(photo -> names.add(photo.place().path()));
        Map<Place, Seen> seen = new HashMap<>();
        // Of photos that were never taken in only the paths are known.
        chosen.keySet().forEach(path -> seen.put(new Place(collection, path), new Seen(null, idIn(path), false)));
        Set<String> hashes = new HashSet<>();
        seenUnder(context, stylized.values(), names, hashes, seen);

        List<Picture> pictures = new ArrayList<>();
        stylized.forEach((tables, lake) -> pictures.addAll(pictures(purges, tables, lake, names)));
        Map<String, List<Picture>> made = new HashMap<>();
        pictures.forEach(picture -> Stream.of(picture.path(), picture.sha256())
                .filter(Objects::nonNull)
                .forEach(name ->
                        made.computeIfAbsent(name, any -> new ArrayList<>()).add(picture)));
        Dataset<Row> wanted = purges.named(hashes, "sha256");
        Map<String, Integer> samples = counted(context.lake(), Table.SAMPLES, wanted);
        Set<String> elsewhere = new HashSet<>();
        for (Table table : List.of(Table.EDGE_SMOOTHED, Table.SAMPLE_PICTURES)) {
            elsewhere.addAll(counted(context.lake(), table, wanted).keySet());
        }
        Map<Place, PurgedPhoto> recorded = new HashMap<>();
        purges.of(seen.keySet().stream().map(Place::path).toList())
                .forEach(photo -> recorded.put(photo.place(), photo));

        List<String> tables = stylized.keySet().stream()
                .filter(uri -> !uri.equals(context.lake().root().toString()))
                .toList();
        List<PurgedPhoto> photos = new ArrayList<>();
        List<PurgedPhoto> gone = new ArrayList<>();
        for (Map.Entry<Place, Seen> each : seen.entrySet()) {
            Place place = each.getKey();
            Seen now = each.getValue();
            PurgedPhoto photo = recorded.getOrDefault(
                    place,
                    PurgedPhoto.begun(place, chosen.getOrDefault(place.path(), "copy"), Timestamp.from(Instant.now())));
            Set<Picture> its = new HashSet<>(made.getOrDefault(place.path(), List.of()));
            its.addAll(made.getOrDefault(now.sha256(), List.of()));
            int cut = samples.getOrDefault(now.sha256(), 0);
            boolean here = now.here() || cut > 0 || elsewhere.contains(now.sha256()) || !its.isEmpty();
            if (photo.purged() != null && !here) {
                gone.add(photo);
            } else {
                photos.add(photo.again(now.sha256(), now.photoId(), cut, its.size(), tables, context.runId()));
            }
        }
        photos.sort(Comparator.comparing(photo -> photo.place().toString()));
        return new PurgeList(
                photos,
                gone,
                hashes,
                samples.values().stream().mapToLong(Integer::longValue).sum(),
                pictures,
                duplicates(context, photos.stream().map(PurgedPhoto::place).toList()));
    }

    /** Adds what is a photo of these names, and its names, until there are no more. */
    private static void seenUnder(
            JobContext context,
            Collection<Lake> stylized,
            Set<String> names,
            Set<String> hashes,
            Map<Place, Seen> seen) {
        PurgeRecord purges = new PurgeRecord(context);
        Lake lake = context.lake();
        Dataset<Row> all = lake.read(Table.IMAGES)
                .select(
                        col("collection"),
                        col("path"),
                        col("sha256"),
                        lit(null).cast("string").as("photo_id"),
                        lit(true).as("here"))
                .union(lake.read(Table.PROVENANCE)
                        .select(col("collection"), col("path"), col("sha256"), col("photo_id"), lit(true)))
                .union(lake.read(Table.PURGES)
                        .select(col("collection"), col("path"), col("sha256"), col("photo_id"), lit(false)))
                .withColumn("name", explode(array("path", "sha256", "photo_id")));
        int known;
        do {
            known = names.size();
            for (Row row : all.join(purges.named(names, "name"), "name").collectAsList()) {
                Seen said = new Seen(row.getAs("sha256"), row.getAs("photo_id"), row.getAs("here"));
                Place place = new Place(row.getAs("collection"), row.getAs("path"));
                seen.merge(place, said, Seen::and);
                if (said.sha256() != null) {
                    hashes.add(said.sha256());
                }
                Stream.of(place.path(), said.sha256(), said.photoId())
                        .filter(Objects::nonNull)
                        .forEach(names::add);
            }
            hashes.addAll(bytesOfPictures(purges, stylized, seen));
            names.addAll(hashes);
        } while (names.size() > known);
    }

    /** Adds the bytes of photos that no other table says them of. What is known only from its pictures has copies, too. */
    private static Set<String> bytesOfPictures(PurgeRecord purges, Collection<Lake> stylized, Map<Place, Seen> seen) {
        Map<String, List<Place>> unknown = seen.entrySet().stream()
                .filter(photo -> photo.getValue().sha256() == null)
                .map(Map.Entry::getKey)
                .collect(Collectors.groupingBy(Place::path));
        Set<String> found = new HashSet<>();
        if (unknown.isEmpty()) {
            return found;
        }
        for (Lake lake : stylized) {
            for (Row row : lake.read(Table.STYLIZED)
                    .select("path", "sha256")
                    .join(purges.named(unknown.keySet(), "path"), JoinColumns.of("path"), "left_semi")
                    .distinct()
                    .collectAsList()) {
                found.add(row.getString(1));
                unknown.get(row.getString(0))
                        .forEach(place -> seen.merge(place, new Seen(row.getString(1), null, false), Seen::and));
            }
        }
        return found;
    }

    private static String idIn(String path) {
        Matcher id = Pattern.compile(PurgeSelection.ID_IN_PATH).matcher(path);
        return id.find() ? id.group(1) : null;
    }

    private static List<Picture> pictures(PurgeRecord purges, String tables, Lake lake, Set<String> names) {
        return lake
                .read(Table.STYLIZED)
                .select("output", "output_bytes", "path", "sha256", "shard", "shard_bytes")
                .withColumn("name", explode(array("path", "sha256")))
                .join(purges.named(names, "name"), JoinColumns.of("name"), "left_semi")
                .drop("name")
                .distinct()
                .orderBy("output")
                .collectAsList()
                .stream()
                .map(row -> new Picture(
                        tables,
                        row.getString(0),
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.isNullAt(5) ? null : row.getLong(5)))
                .toList();
    }

    /** How many rows each has. */
    private static Map<String, Integer> counted(Lake lake, Table table, Dataset<Row> hashes) {
        Map<String, Integer> counts = new HashMap<>();
        if (lake.holds(table)) {
            lake.read(table)
                    .select("sha256")
                    .join(hashes, JoinColumns.of("sha256"), "left_semi")
                    .groupBy("sha256")
                    .count()
                    .collectAsList()
                    .forEach(row -> counts.put(row.getString(0), (int) row.getLong(1)));
        }
        return counts;
    }

    private static List<Place> duplicates(JobContext context, List<Place> originals) {
        Set<Place> gone = Set.copyOf(originals);
        Dataset<Row> given = context.spark()
                .createDataFrame(
                        originals.stream()
                                .map(place -> RowFactory.create(place.collection(), place.path()))
                                .toList(),
                        StructType.fromDDL("collection string, duplicate_of string"));
        return context
                .lake()
                .read(Table.IMAGES)
                // A film's frame that repeats what is no more has its film read again; without its row nobody would
                // know.
                .filter(col("film").isNull())
                .join(broadcast(given), JoinColumns.of("collection", "duplicate_of"), "left_semi")
                .select("collection", "path")
                .collectAsList()
                .stream()
                .map(row -> new Place(row.getString(0), row.getString(1)))
                .filter(place -> !gone.contains(place))
                .toList();
    }

    /** The pictures that cannot be deleted singly. */
    List<Picture> packed() {
        return pictures.stream().filter(picture -> picture.shard() != null).toList();
    }
}
