package io.toonlake.job;

import static org.apache.spark.sql.functions.col;

import io.toonlake.table.Domain;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where {@code stylize} finds its photos: in a folder, or named by a list, a table or an inventory. */
final class InputOptions {
    /** What S3 puts behind an inventory's own prefix. */
    private static final Pattern DATED_MANIFEST = Pattern.compile("/\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\dZ/[^/]*$");

    @ArgGroup(multiplicity = "1")
    private Source source;

    @Option(
            names = "--images-tables",
            paramLabel = "URI",
            description = "With --collection: the tables that ingest wrote. Default: --tables.")
    private String imagesTables;

    @Option(
            names = "--bucket-uri",
            paramLabel = "URI",
            description = "With --inventory: where the bucket is reached. Default: s3a://BUCKET.")
    private String bucketUri;

    @Option(
            names = "--input-root",
            paramLabel = "URI",
            description =
                    "With a list, a collection or an inventory: the folder of all photos, whose folders the pictures keep. Default: "
                            + "the whole path after scheme and bucket is kept.")
    private String root;

    /** When an inventory was made; empty for what is listed now. */
    private Optional<Instant> listed = Optional.empty();

    /** One of these, and no more. */
    static final class Source {
        @Option(names = "--input", paramLabel = "URI", description = "Folder of photos, or one photo.")
        private String folder;

        @Option(
                names = "--input-list",
                paramLabel = "URI",
                description = "Text file (.gz too) with a path or URI a line; paths are taken from the file's folder.")
        private String list;

        @Option(
                names = "--collection",
                paramLabel = "NAME",
                description = "A collection of domain photo, as table images has it.")
        private String collection;

        @Option(
                names = "--inventory",
                paramLabel = "URI",
                description = "manifest.json of an S3 Inventory, CSV or Parquet.")
        private String inventory;
    }

    /** The folder or photo that was named, or null. */
    String folder() {
        return source.folder;
    }

    boolean isCollection() {
        return source.collection != null;
    }

    /**
     * Where the photos are, in words: the same for the inventory of another day. Empty for a list, which names others when it is written anew.
     *
     * @param folder what {@code --input} names, or null
     */
    Optional<String> scope(JobContext context, Path folder) {
        if (source.list != null) {
            return Optional.empty();
        }
        String named;
        if (folder != null) {
            named = "folder " + folder;
        } else if (source.collection != null) {
            named = "collection " + source.collection + " of " + imagesTables;
        } else {
            String manifest = context.storage().canonical(source.inventory).toString();
            named = "inventory " + DATED_MANIFEST.matcher(manifest).replaceFirst("") + " of " + bucketUri;
        }
        return Optional.of(named + ", root " + root(context));
    }

    /** The folder that pictures' places are counted from, or null for the store's own. */
    Path root(JobContext context) {
        return root == null ? null : context.storage().canonical(root);
    }

    /** What is wrong with options that belong to others. */
    void check() {
        refuseUnless(source.collection != null, "--images-tables", imagesTables, "--collection");
        refuseUnless(source.inventory != null, "--bucket-uri", bucketUri, "--inventory");
        refuseUnless(source.folder == null, "--input-root", root, "--input-list, --collection or --inventory");
    }

    private static void refuseUnless(boolean fits, String option, String value, String other) {
        if (value != null && !fits) {
            throw new UsageException("Invalid " + option + ": " + value + " (it goes with " + other + ")");
        }
    }

    /**
     * The photos that are named, each once, kept until the run ends: they are looked at more than once.
     *
     * @param tables what {@code --tables} says, or null
     */
    ListedFiles named(JobContext context, String tables) {
        Dataset<Row> rows;
        if (source.list != null) {
            rows = NamedFiles.of(context, source.list);
        } else if (source.inventory != null) {
            Inventory inventory = Inventory.read(context, source.inventory, bucketUri, root(context));
            rows = inventory.rows();
            listed = inventory.made();
        } else {
            rows = collection(context, imagesTables == null ? tables : imagesTables);
        }
        return new ListedFiles(rows.dropDuplicates("path").persist(StorageLevel.MEMORY_AND_DISK()), false);
    }

    /** When the photos that {@link #named} gave were listed, where that was not then. */
    Optional<Instant> listed() {
        return listed;
    }

    /**
     * The folder of which all photos are known, so that those that are not are gone.
     *
     * @param folder what {@code --input} names, where that is a folder, or null
     * @throws UsageException where there is none
     */
    Path whole(JobContext context, Path folder) {
        if (source.folder != null && folder == null) {
            throw new UsageException("Invalid --prune: --input " + source.folder
                    + " is one photo (pictures are pruned whose photos a folder has no more; name the folder)");
        }
        if (source.list != null) {
            throw new UsageException("Invalid --prune: it does not go with --input-list " + source.list
                    + " (a list names some photos, and the others need not be gone; give their folder to --input)");
        }
        if (folder == null && root == null) {
            throw new UsageException(
                    "Invalid --prune: it takes --input-root beside --collection and --inventory (the folder of which these have all photos)");
        }
        return folder == null ? root(context) : folder;
    }

    private Dataset<Row> collection(JobContext context, String tables) {
        if (tables == null) {
            throw new UsageException("Invalid --collection: " + source.collection
                    + " (say in which lake: name its tables with --images-tables)");
        }
        Lake lake = new Lake(context.spark(), context.storage().qualified(tables));
        Checks.collectionOf(Domain.PHOTO, "--collection", source.collection, lake);
        Dataset<Row> images = lake.read(Table.IMAGES).filter(col("collection").equalTo(source.collection));
        if (!images.filter(col("film").isNotNull()).isEmpty()) {
            throw new UsageException("Invalid --collection: " + source.collection
                    + " (it holds frames of films, which are no files; stylize takes photos)");
        }
        return images.select("path", "size_bytes", "modified", "width", "height");
    }
}
