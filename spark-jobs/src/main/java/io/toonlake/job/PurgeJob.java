package io.toonlake.job;

import static org.apache.spark.sql.functions.col;

import io.toonlake.job.PurgeList.Picture;
import io.toonlake.job.PurgeSelection.Chosen;
import io.toonlake.storage.Lease;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.table.Collections;
import io.toonlake.table.Domain;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.io.IOException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Takes photos out for good, with all that was made from them. What is to go is written to table {@code purges} before anything of it goes: from then on
 * {@code ingest} takes it in no more, and a run that comes after one that was killed knows what to look for, whatever rows are gone by then.
 */
@Command(
        name = "purge",
        header = "Takes photos out for good, with everything that was made from them.",
        description = {
            "",
            "Deletes the photos' rows of all tables, their samples and the pictures that stylize made from them, and keeps a record in table purges. "
                    + "The same photo under another name or in another collection goes with it, and ingest takes none of them in again. The photos' "
                    + "own files stay, unless --originals is given. Near-duplicates of them stay; the next ingest prepares those.",
            "",
            "Tables keep what was deleted for who reads their earlier versions. With --vacuum these versions go too, and then the files that are left are "
                    + "read, to see that nothing of the photos is in them.",
            "",
            "Run again, it finishes what was interrupted, and does nothing else.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  toonlake purge --tables lake --collection lakes --photos complaints.txt --dry-run",
            "  toonlake purge --tables lake --collection lakes --gone --stylized-tables ~/Cartoons/_toonlake --originals ~/flickr --vacuum",
            "  toonlake purge --tables lake --collection lakes --licence 0,3,6 --vacuum"
        })
final class PurgeJob extends Job {
    private static final Logger LOG = LoggerFactory.getLogger(PurgeJob.class);

    /** The tables that say something of single photos, but for the record. */
    private static final List<Table> OF_PHOTOS = List.of(
            Table.IMAGES,
            Table.SAMPLES,
            Table.EDGE_SMOOTHED,
            Table.PROVENANCE,
            Table.QUARANTINE,
            Table.SAMPLE_PICTURES,
            Table.STYLIZED,
            Table.RECHECKS);

    /** How {@code ingest --fetch} names files: nobody else's are deleted. */
    private static final Pattern FETCHED = Pattern.compile("[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}(\\.\\w+)?");

    private static final int SHOWN = 5;

    @Option(names = "--tables", required = true, paramLabel = "URI", description = "The tables that ingest wrote.")
    private String tables;

    @Option(
            names = "--collection",
            required = true,
            paramLabel = "NAME",
            description = "The collection in which the photos are looked up.")
    private String collection;

    @ArgGroup(multiplicity = "1")
    private PurgeSelection selection;

    @Option(
            names = "--stylized-tables",
            paramLabel = "URI",
            description =
                    "Tables that stylize wrote, by default below its output in _toonlake: the photos' pictures that these name go too. Repeatable. Those "
                            + "in --tables always do.")
    private List<String> stylizedTables = new ArrayList<>();

    @Option(
            names = "--delete-shards",
            description =
                    "Also deletes shards that hold a picture of theirs, whole: the next run of stylize makes the other pictures in them again. Without it "
                            + "such pictures stay, and the exit code is 5.")
    private boolean deleteShards;

    @Option(
            names = "--originals",
            paramLabel = "URI",
            description = "Also deletes the photos' own files in this folder, which ingest --fetch keeps. Others stay.")
    private String originals;

    @Option(names = "--dry-run", description = "Only says what would go.")
    private boolean dryRun;

    @Option(
            names = "--vacuum",
            description =
                    "Also deletes all earlier versions of the tables, with what this and other runs purged. Who reads one of them fails then, and who "
                            + "writes to the tables meanwhile may: let no other job run.")
    private boolean vacuum;

    /** A folder that others are kept from. */
    private record Held(Path folder, int seconds) {}

    @Override
    String tables() {
        return tables;
    }

    @Override
    JobResult execute(JobContext context) {
        Checks.collectionName("--collection", collection);
        Rates.check(context.settings().stylize(), context.sparkContext().getConf());
        checkCollection(context.lake());
        Map<String, Lake> stylized = stylized(context);
        Optional<Path> fetched = Optional.ofNullable(originals).map(folder -> existing(context.storage(), folder));
        if (dryRun) {
            return wouldPurge(context, stylized, fetched);
        }
        List<Held> held = new ArrayList<>();
        stylized.values().stream()
                .map(Lake::root)
                .filter(root -> root.getName().equals("_toonlake"))
                .forEach(root -> held.add(
                        new Held(root.getParent(), context.settings().stylize().leaseSeconds())));
        fetched.ifPresent(folder ->
                held.add(new Held(folder, context.settings().ingest().fetch().leaseSeconds())));
        return holding(context, held.iterator(), () -> purge(context, stylized, fetched));
    }

    private void checkCollection(Lake lake) {
        boolean known = Stream.of(Table.IMAGES, Table.QUARANTINE, Table.PURGES)
                .anyMatch(table -> lake.holds(table)
                        && !lake.read(table)
                                .filter(col("collection").equalTo(collection))
                                .isEmpty());
        if (!known) {
            Collections collections = new Collections(lake);
            throw new UsageException("Invalid --collection: " + collection + " (no such collection in " + lake.root()
                    + "; its photo collections are: " + collections.names(Domain.PHOTO)
                    + "; its cartoon collections are: " + collections.names(Domain.CARTOON) + ")");
        }
    }

    /** The lakes with pictures, by their URIs: the one that is purged, those that were named, and those of purges that are not over. */
    private Map<String, Lake> stylized(JobContext context) {
        Map<String, Lake> lakes = new TreeMap<>();
        for (String uri : stylizedTables) {
            Lake lake = new Lake(context.spark(), context.storage().qualified(uri));
            if (!lake.holds(Table.STYLIZED)) {
                throw new UsageException(
                        "Invalid --stylized-tables: " + uri
                                + " (no table stylized is there; it is below stylize's output in _toonlake, or where its --tables says)");
            }
            lakes.put(lake.root().toString(), lake);
        }
        PurgeRecord purges = new PurgeRecord(context);
        Set<String> uris = Stream.concat(
                        purges.unfinished().stream(), vacuum ? purges.inHistory().stream() : Stream.empty())
                .flatMap(photo -> photo.stylizedTables().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        uris.removeAll(lakes.keySet());
        uris.remove(context.lake().root().toString());
        for (String uri : uris) {
            Lake lake = new Lake(context.spark(), new Path(uri));
            if (!lake.holds(Table.STYLIZED)) {
                // Passed over, its pictures would count as gone.
                throw new UnreachableException("Cannot read " + Storage.shown(lake.root())
                        + ": an earlier purge was to delete pictures that its table stylized names, and it is not there (bring it back; if it is "
                        + "gone for good, take it out of column stylized_tables of table purges)");
            }
            lakes.put(uri, lake);
        }
        if (context.lake().holds(Table.STYLIZED)) {
            lakes.put(context.lake().root().toString(), context.lake());
        }
        return lakes;
    }

    private static Path existing(Storage storage, String folder) {
        Path path = storage.canonical(folder);
        try {
            if (storage.fileSystem(path).exists(path)) {
                return path;
            }
        } catch (IOException e) {
            throw new UnreachableException(
                    "Cannot read --originals " + Storage.shown(path) + ": " + Storage.reason(e), e);
        }
        throw new UnreachableException("Cannot read --originals " + Storage.shown(path) + ": no such folder");
    }

    /** While {@code stylize} makes pictures or {@code ingest} fetches, nobody can say what there is. */
    @SuppressWarnings("try") // a lease is held as long as its block
    private static JobResult holding(JobContext context, Iterator<Held> folders, Supplier<JobResult> work) {
        if (!folders.hasNext()) {
            return work.get();
        }
        Held held = folders.next();
        try (Lease lease = Lease.take(
                context.storage(), held.folder(), context.runId(), "purge", Duration.ofSeconds(held.seconds()))) {
            return holding(context, folders, work);
        }
    }

    private JobResult wouldPurge(JobContext context, Map<String, Lake> stylized, Optional<Path> fetched) {
        Chosen chosen = selection.chosen(context, collection, stylized.values());
        PurgeList list = PurgeList.of(context, collection, chosen.reasons(), stylized);
        List<Picture> kept = kept(list);
        Map<String, Long> filtered = new TreeMap<>();
        count(filtered, "dry-run", list.photos().size());
        count(filtered, "unknown", chosen.unknown().size());
        List<String> said = new ArrayList<>();
        said.add("Would purge " + what(list, list.pictures().size() - kept.size(), originals(list, fetched)));
        said.addAll(aside(list, chosen));
        if (!kept.isEmpty()) {
            said.add(inShards(kept));
        }
        return result(new Counts(0, list.before().size(), Map.of(), Counts.sum(filtered), 0, filtered), said);
    }

    private JobResult purge(JobContext context, Map<String, Lake> stylized, Optional<Path> fetched) {
        context.stages().begin("select");
        Chosen chosen = selection.chosen(context, collection, stylized.values());
        PurgeList list = PurgeList.of(context, collection, chosen.reasons(), stylized);
        List<Picture> kept = kept(list);
        List<Picture> going = new ArrayList<>(list.pictures());
        going.removeAll(Set.copyOf(kept));
        List<String> files = originals(list, fetched);
        Map<String, Long> shards = shards(context, stylized, going);

        context.stages().begin("purge");
        PurgeRecord purges = new PurgeRecord(context);
        purges.write(list.photos());
        Erasure erasure = new Erasure(context, list, stylized);
        Set<String> unlike = new TreeSet<>(erasure.deleteFiles(files(going), ""));
        List<Picture> stay = going.stream()
                .filter(picture -> unlike.contains(picture.shard() == null ? picture.output() : picture.shard()))
                .toList();
        going.removeAll(Set.copyOf(stay));
        // By its name a file is of its URL, however often it was fetched and whatever its size.
        Set<String> originalsLeft = erasure.deleteFiles(
                files.stream().map(file -> RowFactory.create(file, null)).toList(),
                fetched.map(Targets::within).orElse(""));
        files = files.stream().filter(file -> !originalsLeft.contains(file)).toList();
        erasure.deleteRows(going);
        Timestamp now = Timestamp.from(Instant.now());
        List<PurgedPhoto> free = without(list.photos(), namesOf(kept));
        List<PurgedPhoto> done = without(free, namesOf(stay));
        purges.write(done.stream().map(photo -> photo.ended(now, null)).toList());
        List<String> said = new ArrayList<>();
        said.add("Purged " + what(list, going.size(), files));
        said.addAll(aside(list, chosen));
        others(shards, unlike, going).ifPresent(said::add);
        Map<String, Long> filtered = new TreeMap<>();
        count(filtered, "in-shards", list.photos().size() - free.size());
        count(filtered, "not-as-made", free.size() - done.size());
        count(filtered, "unknown", chosen.unknown().size());
        Counts counts =
                new Counts(done.size(), list.before().size(), Map.of(), Counts.sum(filtered), going.size(), filtered);
        Optional<String> found = vacuum ? vacuumed(context, purges, stylized, said) : Optional.empty();
        found.ifPresent(said::add);
        if (!kept.isEmpty()) {
            said.add(inShards(kept));
        }
        if (!unlike.isEmpty()) {
            said.add(String.format(
                    "%,d files stay, and the rows that name them, since they are not what was written there: %s (delete them, or move them away if they "
                            + "are none of the photos', and run again with --recorded)",
                    unlike.size(), shown(unlike)));
        }
        if (!originalsLeft.isEmpty()) {
            said.add(String.format(
                    "%,d files of --originals stay, since they are behind links that leave the folder, or no files: %s (delete them by hand)",
                    originalsLeft.size(), shown(originalsLeft)));
        }
        JobResult result = result(counts, said);
        if (found.isPresent() || !kept.isEmpty() || !unlike.isEmpty() || !originalsLeft.isEmpty()) {
            throw new IncompleteException(result.message(), result);
        }
        return result;
    }

    private static JobResult result(Counts counts, List<String> said) {
        return new JobResult(counts, Map.of(), String.join("; ", said));
    }

    private static void count(Map<String, Long> filtered, String filter, long count) {
        if (count > 0) {
            filtered.put(filter, count);
        }
    }

    /** The pictures that stay, since they cannot be deleted singly. */
    private List<Picture> kept(PurgeList list) {
        return deleteShards ? List.of() : list.packed();
    }

    private static List<PurgedPhoto> without(List<PurgedPhoto> photos, Set<String> names) {
        return photos.stream()
                .filter(photo -> !names.contains(photo.place().path()) && !names.contains(photo.sha256()))
                .toList();
    }

    private static Set<String> namesOf(List<Picture> pictures) {
        return pictures.stream()
                .flatMap(picture -> Stream.of(picture.path(), picture.sha256()))
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** The photos' own files that {@code ingest --fetch} has put into the folder, of photos that were purged before too. */
    private static List<String> originals(PurgeList list, Optional<Path> folder) {
        return folder.map(Targets::within)
                .map(within -> Stream.concat(list.photos().stream(), list.before().stream())
                        .map(photo -> photo.place().path())
                        .filter(path -> path.startsWith(within)
                                && FETCHED.matcher(path.substring(within.length()))
                                        .matches())
                        .distinct()
                        .toList())
                .orElse(List.of());
    }

    private static List<Row> files(List<Picture> pictures) {
        Map<String, Long> sizes = new TreeMap<>();
        pictures.forEach(picture -> {
            if (picture.shard() == null) {
                sizes.put(picture.output(), picture.bytes());
            } else {
                sizes.put(picture.shard(), picture.shardBytes());
            }
        });
        return sizes.entrySet().stream()
                .map(file -> RowFactory.create(file.getKey(), file.getValue()))
                .toList();
    }

    private String what(PurgeList list, int pictures, List<String> files) {
        String what = String.format(
                "%,d photos of collection %s, with %,d samples and %,d pictures",
                list.photos().size(), collection, list.samples(), pictures);
        return originals == null ? what : what + String.format(", and %,d files of --originals", files.size());
    }

    private static List<String> aside(PurgeList list, Chosen chosen) {
        List<String> aside = new ArrayList<>();
        if (!list.duplicates().isEmpty()) {
            aside.add(String.format(
                    "near-duplicates of them to be taken in anew by the next ingest: %,d",
                    list.duplicates().size()));
        }
        if (!chosen.unknown().isEmpty()) {
            aside.add(String.format(
                    "%,d of %,d lines of --photos name nothing here, %s among them",
                    chosen.unknown().size(), chosen.lines(), chosen.unknown().get(0)));
        }
        return aside;
    }

    /** How many pictures there are in each shard that is to be deleted whole. */
    private static Map<String, Long> shards(JobContext context, Map<String, Lake> stylized, List<Picture> going) {
        Set<String> shards = going.stream()
                .map(Picture::shard)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(TreeSet::new));
        Map<String, Long> pictures = new TreeMap<>();
        if (!shards.isEmpty()) {
            for (Lake lake : stylized.values()) {
                lake.read(Table.STYLIZED)
                        .join(new PurgeRecord(context).named(shards, "shard"), "shard")
                        .groupBy("shard")
                        .count()
                        .collectAsList()
                        .forEach(row -> pictures.merge(row.getString(0), row.getLong(1), Long::sum));
            }
        }
        return pictures;
    }

    /** What has gone with them. */
    private static Optional<String> others(Map<String, Long> shards, Set<String> left, List<Picture> gone) {
        shards.keySet().removeAll(left);
        if (shards.isEmpty()) {
            return Optional.empty();
        }
        long ours = gone.stream().filter(picture -> picture.shard() != null).count();
        return Optional.of(String.format(
                "%,d shards are deleted, and stylize will make the %,d other pictures in them again",
                shards.size(), Counts.sum(shards) - ours));
    }

    private static String inShards(List<Picture> kept) {
        Set<String> shards = kept.stream().map(Picture::shard).collect(Collectors.toCollection(TreeSet::new));
        return String.format(
                "%,d pictures are left in %,d shards, which are never changed: %s (--delete-shards deletes them whole, and stylize makes the other "
                        + "pictures in them again)",
                kept.size(), shards.size(), shown(shards));
    }

    private static String shown(Set<String> names) {
        String first = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
        return names.size() > SHOWN ? first + ", …" : first;
    }

    /**
     * Deletes the tables' earlier versions, and looks into every file that is left.
     *
     * @return what is wrong, if the photos are found there
     */
    private static Optional<String> vacuumed(
            JobContext context, PurgeRecord purges, Map<String, Lake> stylized, List<String> said) {
        List<PurgedPhoto> due = purges.inHistory();
        if (due.isEmpty()) {
            return Optional.empty();
        }
        context.stages().begin("vacuum");
        LOG.warn("Deleting all earlier versions of the tables: who reads one of them fails from now on");
        Map<String, Lake> lakes = new TreeMap<>(stylized);
        lakes.put(context.lake().root().toString(), context.lake());
        Set<String> names = new HashSet<>();
        due.forEach(photo -> {
            names.add(photo.place().path());
            if (photo.sha256() != null) {
                names.add(photo.sha256());
            }
        });
        Set<String> holding = new TreeSet<>();
        for (Lake lake : lakes.values()) {
            for (Table table : OF_PHOTOS) {
                lake.vacuum(table);
                holding.addAll(lake.filesHolding(table, names));
            }
        }
        if (!holding.isEmpty()) {
            return Optional.of(String.format(
                    "%,d files of the tables hold purged photos still: %s (was another job running? Run again with --recorded --vacuum)",
                    holding.size(), shown(holding)));
        }
        Timestamp now = Timestamp.from(Instant.now());
        purges.write(due.stream().map(photo -> photo.ended(photo.purged(), now)).toList());
        said.add(String.format(
                "no file of the tables holds any of the %,d photos that were in their history", due.size()));
        return Optional.empty();
    }
}
