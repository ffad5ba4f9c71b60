package io.toonlake.job;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import io.toonlake.table.Domain;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import scala.Tuple2;

/** Writes whom to credit for photos, or for the pictures made from them: what most licences ask of whoever shows them. */
@Command(
        name = "attribution",
        header = "Writes whom to credit for photos, or for pictures made from them.",
        description = {
            "",
            "A line a photo of --collection, or a line a picture of the table stylized in --stylized-tables: title, owner, page, licence. Pictures "
                    + "are matched with their photos by path, or else by content. A file of which the tables do not know whose it is gets no line: "
                    + "it goes to table quarantine, with the reason no-provenance. --only FILE credits some of them, such as those of an exhibition; "
                    + "a line that names nothing goes to the quarantine, too, with the reason not-found.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  toonlake attribution --tables lake --collection lakes --output lakes.csv",
            "  toonlake attribution --tables lake --stylized-tables ~/Cartoons/_toonlake --format text --output credits.txt",
            "  toonlake attribution --tables lake --stylized-tables ~/Cartoons/_toonlake --only exhibition.txt --output exhibition.csv"
        })
final class AttributionJob extends Job {
    private static final String NO_PROVENANCE = "no-provenance";
    /** A line of a list that names nothing. */
    private static final String NOT_FOUND = "not-found";

    @ArgGroup(multiplicity = "1")
    private Credited credited;

    @Option(
            names = "--tables",
            required = true,
            paramLabel = "URI",
            description = "The tables in which ingest has kept whose the photos are.")
    private String tables;

    @Option(names = "--only", paramLabel = "URI", description = "Only those that a text file names: " + NameList.FORM)
    private String only;

    @Option(names = "--output", required = true, paramLabel = "URI", description = "The file to write.")
    private String output;

    @Option(
            names = "--format",
            defaultValue = "csv",
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}: columns with a header, or sentences. Default: ${DEFAULT-VALUE}.")
    private CreditFormat format;

    /** One of these, and no more. */
    static final class Credited {
        @Option(names = "--collection", paramLabel = "NAME", description = "Photos: a collection that ingest took in.")
        private String collection;

        @Option(
                names = "--stylized-tables",
                paramLabel = "URI",
                description = "Pictures: the tables that stylize wrote, by default below its output in _toonlake.")
        private String stylized;
    }

    @Override
    String tables() {
        return tables;
    }

    @Override
    JobResult execute(JobContext context) throws IOException {
        Path file = file(context.storage());
        Dataset<Row> all = (credited.collection == null ? pictures(context) : photos(context.lake()))
                .withColumn("named", lit(true));
        NameList list = only == null ? null : NameList.read(context.storage(), "--only", only);
        Dataset<Row> known = (list == null ? all : listed(context, all, list)).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Map<String, Long> reasons = reasons(known);
            if (list != null
                    && reasons.getOrDefault(NOT_FOUND, 0L) == list.lines().size()) {
                throw new UsageException("Invalid --only: " + Storage.shown(new Path(only)) + " (no line of it names "
                        + (credited.collection == null ? "a picture" : "a photo of collection " + credited.collection)
                        + ", as " + list.lines().get(0)
                        + " does not; give paths as the tables have them, or Flickr's ids)");
            }
            quarantine(context, known, list, !reasons.isEmpty());
            long written = write(context.storage(), file, lines(known));
            String message = String.format("%s credits %,d files", Storage.shown(file), written);
            return new JobResult(new Counts(written, 0, reasons), Map.of(), message);
        } finally {
            known.unpersist();
        }
    }

    private static Map<String, Long> reasons(Dataset<Row> known) {
        Map<String, Long> reasons = new TreeMap<>();
        known.filter(col("owners").isNull())
                .groupBy(reason())
                .count()
                .collectAsList()
                .forEach(row -> reasons.put(row.getString(0), row.getLong(1)));
        return reasons;
    }

    private static Column reason() {
        return when(col("named"), NO_PROVENANCE).otherwise(NOT_FOUND).as("reason");
    }

    private Path file(Storage storage) {
        Path file = storage.qualified(output);
        FileSystem files = storage.fileSystem(file);
        try {
            if (files.exists(file) && files.getFileStatus(file).isDirectory()) {
                throw new UsageException("Invalid --output: " + output + " (it is a folder; name a file)");
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
        return file;
    }

    private static UnreachableException unwritable(Path file, IOException e) {
        return new UnreachableException("Cannot write --output " + Storage.shown(file) + ": " + Storage.reason(e), e);
    }

    /** Rows {@code file, owners}: the photos of a collection with their rows of table provenance, or null. */
    private Dataset<Row> photos(Lake lake) {
        Checks.collectionOf(Domain.PHOTO, "--collection", credited.collection, lake);
        Column collection = col("collection").equalTo(credited.collection);
        Dataset<Row> owners = lake.read(Table.PROVENANCE).filter(collection).select(col("path"), owners().as("owners"));
        return lake.read(Table.IMAGES)
                .filter(collection)
                .join(owners, JoinColumns.of("path"), "left")
                .select(col("path").as("file"), col("owners"));
    }

    /**
     * The same of pictures. A photo may be in several collections, which say the same of it; and it may have been stylized from another place than
     * it was taken in from.
     */
    private Dataset<Row> pictures(JobContext context) {
        Lake stylized = new Lake(context.spark(), context.storage().qualified(credited.stylized));
        if (!stylized.holds(Table.STYLIZED)) {
            throw new UsageException(
                    "Invalid --stylized-tables: " + credited.stylized
                            + " (no table stylized is there; it is below stylize's output in _toonlake, or where its --tables says)");
        }
        Dataset<Row> provenance = context.lake().read(Table.PROVENANCE);
        Dataset<Row> byPath = provenance
                .groupBy("path")
                .agg(min_by(owners(), col("collection")).as("by_path"));
        Dataset<Row> byContent = provenance
                .groupBy("sha256")
                .agg(min_by(owners(), struct("collection", "path")).as("by_content"));
        return stylized.read(Table.STYLIZED)
                .select("output", "path", "sha256")
                .join(byPath, JoinColumns.of("path"), "left")
                .join(byContent, JoinColumns.of("sha256"), "left")
                .select(
                        col("output").as("file"),
                        coalesce(col("by_path"), col("by_content")).as("owners"));
    }

    /** Those rows that the list names, and one for each of its lines that names none: not {@code named}, without owners. */
    private static Dataset<Row> listed(JobContext context, Dataset<Row> known, NameList list) {
        Dataset<Row> names = context.spark()
                .createDataset(
                        list.names().entrySet().stream()
                                .flatMap(
                                        name -> name.getValue().stream().map(line -> new Tuple2<>(name.getKey(), line)))
                                .toList(),
                        Encoders.tuple(Encoders.STRING(), Encoders.STRING()))
                .toDF("name", "line");
        Dataset<Row> found = known.withColumn("name", explode(array(col("file"), col("owners.photo_id"))))
                .join(broadcast(names), "name");
        Dataset<Row> unknown = names.select("line")
                .distinct()
                .join(found.select("line"), JoinColumns.of("line"), "left_anti")
                .select(
                        col("line").as("file"),
                        lit(null)
                                .cast(known.schema().apply("owners").dataType())
                                .as("owners"),
                        lit(false).as("named"));
        return found.select("file", "owners", "named").dropDuplicates("file").unionByName(unknown);
    }

    private static Column owners() {
        return struct(
                text("photo_id"),
                text("title"),
                when(text("owner_name").equalTo(""), text("owner_id"))
                        .otherwise(text("owner_name"))
                        .as("owner"),
                text("owner_id"),
                text("page_url"),
                text("licence"),
                text("licence_url"));
    }

    /** On one line. */
    private static Column text(String column) {
        return regexp_replace(coalesce(col(column), lit("")), "[\\p{Cntrl}\\u2028\\u2029]+", " ")
                .as(column);
    }

    private Dataset<String> lines(Dataset<Row> known) {
        return known.filter(col("owners").isNotNull())
                .select("file", "owners.*")
                .orderBy("file")
                .select(format.line())
                .as(Encoders.STRING());
    }

    /** Lines are gathered here first, so that nothing is at the file's place that ends in the middle of a list. */
    private long write(Storage storage, Path file, Dataset<String> lines) throws IOException {
        java.nio.file.Path gathered = Files.createTempFile("attribution", "." + format);
        try {
            long written = 0;
            try (BufferedWriter out = Files.newBufferedWriter(gathered, StandardCharsets.UTF_8)) {
                if (!format.header().isEmpty()) {
                    out.write(format.header() + "\n");
                }
                for (Iterator<String> all = lines.toLocalIterator(); all.hasNext(); written++) {
                    out.write(all.next() + "\n");
                }
            }
            try {
                storage.fileSystem(file).copyFromLocalFile(false, true, new Path(gathered.toUri()), file);
            } catch (IOException e) {
                throw unwritable(file, e);
            }
            return written;
        } finally {
            Files.deleteIfExists(gathered);
        }
    }

    /** Those that nobody can be credited for; what an earlier run said of these files, or of these lines of a list, is replaced. */
    private void quarantine(JobContext context, Dataset<Row> known, NameList list, boolean any) {
        Lake lake = context.lake();
        String collection = credited.collection == null ? "" : credited.collection;
        Dataset<Row> again =
                known.filter(col("owners").isNotNull()).select(col("file").as("path"));
        if (list != null) {
            again = again.union(context.spark()
                    .createDataset(List.copyOf(list.names().keySet()), Encoders.STRING())
                    .toDF("path"));
        }
        lake.delete(
                Table.QUARANTINE,
                again.select(lit("attribution").as("job"), lit(collection).as("collection"), col("path")));
        if (any) {
            lake.upsert(
                    Table.QUARANTINE,
                    known.filter(col("owners").isNull())
                            .select(
                                    lit("attribution").as("job"),
                                    lit(collection).as("collection"),
                                    col("file").as("path"),
                                    reason(),
                                    concat(
                                                    lit("Cannot credit "),
                                                    col("file"),
                                                    when(
                                                                    col("named"),
                                                                    ": table provenance does not know whose the photo is")
                                                            .otherwise(": nothing there is called so"))
                                            .as("message"),
                                    lit("").as("settings_fingerprint"),
                                    lit(context.runId()).as("run_id"),
                                    current_timestamp().as("quarantined")));
        }
    }
}
