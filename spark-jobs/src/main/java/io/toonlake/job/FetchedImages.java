package io.toonlake.job;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.when;

import io.toonlake.fetch.FetchReason;
import io.toonlake.fetch.ImageUrl;
import io.toonlake.fetch.Wanted;
import io.toonlake.storage.Lease;
import io.toonlake.table.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;

/**
 * Images that are fetched from the rows' URLs and kept in a folder, by names made of the URLs: what lies there is not fetched, whichever run, collection or
 * row wanted it first. So a run may be killed at any moment.
 */
final class FetchedImages implements YfccImages {
    /** A URL's object and file, null where it is none. */
    private static final UserDefinedFunction OBJECT = functions.udf(
            (UDF1<String, String>) url -> ImageUrl.of(url).map(ImageUrl::object).orElse(null), DataTypes.StringType);

    private static final UserDefinedFunction FILE = functions.udf(
            (UDF1<String, String>)
                    url -> ImageUrl.of(url).map(ImageUrl::fileName).orElse(null),
            DataTypes.StringType);

    private final JobContext context;
    private final Path folder;
    private final boolean again;
    private final YfccQuarantine quarantine;
    private Dataset<Row> files;

    private FetchedImages(JobContext context, Path folder, boolean again, YfccQuarantine quarantine) {
        this.context = context;
        this.folder = folder;
        this.again = again;
        this.quarantine = quarantine;
    }

    /**
     * @param again whether to ask for what an earlier run was refused for good, too
     * @param quarantine for what cannot be fetched
     */
    static FetchedImages into(JobContext context, String folder, boolean again, YfccQuarantine quarantine) {
        FlickrCalls.checkContact(context.settings(), "--fetch");
        if (context.sparkContext().getConf().getBoolean("spark.speculation", false)) {
            throw new UsageException(
                    "Invalid spark.speculation: true (Spark would ask servers for the same images twice; --fetch takes false)");
        }
        return new FetchedImages(context, context.storage().canonical(folder), again, quarantine);
    }

    @Override
    public Column identity() {
        return coalesce(OBJECT.apply(col("source_url")), col("photo_id").cast("string"));
    }

    @Override
    public Dataset<Row> located(Dataset<Row> known) {
        Column path = concat(lit(Targets.within(folder)), FILE.apply(col("source_url")));
        return known.withColumn("path", when(col("filtered").isNull(), path));
    }

    /** Fetches what is not there. Another run that fetches into the same folder is kept away meanwhile. */
    @Override
    public Dataset<Row> found(Dataset<Row> located) {
        try (Lease lease = Lease.take(
                context.storage(),
                folder,
                context.runId(),
                "ingest",
                Duration.ofSeconds(context.settings().ingest().fetch().leaseSeconds()))) {
            return found(located, lease);
        }
    }

    private Dataset<Row> found(Dataset<Row> located, Lease lease) {
        Dataset<Row> named = located.filter(col("path").isNotNull());
        // As they were before any was fetched.
        files = NamedFiles.looked(context, named.select("path"), folder.toString(), "--fetch")
                .persist(StorageLevel.MEMORY_AND_DISK());
        Dataset<Row> missing = files.filter(BucketImages.missing()).select("path");
        settleNotes(named.join(missing, "path"));
        Dataset<Row> refused = refusedForGood().join(missing, JoinColumns.of("path"), "left_semi");
        List<Wanted> wanted = wanted(named.join(missing, "path").join(refused, JoinColumns.of("path"), "left_anti"));
        // Collected, since the table changes before they are used.
        List<Row> outcomes = new ArrayList<>(refused.select(
                        col("path"),
                        lit(null).cast("long").as("size_bytes"),
                        lit(null).cast("timestamp").as("modified"),
                        col("reason").as("fault"),
                        col("message"))
                .collectAsList());
        // An executor that was lost leaves some, too, and its run may have fetched everything all the same.
        lease.deleteLeftovers();
        if (!wanted.isEmpty()) {
            outcomes.addAll(new ImageFetching(context, folder, quarantine, lease).fetch(wanted));
        }
        return joined(located, outcomes);
    }

    /** What a killed run was refused, and could not write into the table any more. Notes of images that this run does not want are left alone. */
    private void settleNotes(Dataset<Row> missing) {
        RefusalNotes ours = RefusalNotes.of(folder, quarantine, context.runId());
        List<RefusalNotes.Note> notes = ours.left(context.storage());
        if (!notes.isEmpty()) {
            settle(notes, missing);
        }
        ours.deleteEmptyBatches(context.storage());
    }

    private void settle(List<RefusalNotes.Note> notes, Dataset<Row> missing) {
        List<String> paths = notes.stream().map(note -> note.outcome().path()).toList();
        Map<String, ImageUrl> urls = new HashMap<>();
        wanted(missing.join(
                        context.spark().createDataset(paths, Encoders.STRING()).toDF("path"), "path"))
                .forEach(image -> urls.put(image.key(), image.url()));
        List<RefusalNotes.Note> settled = notes.stream()
                .filter(note -> urls.containsKey(note.outcome().path()))
                .toList();
        Map<String, Row> rows = new HashMap<>();
        settled.forEach(note -> rows.put(
                note.outcome().path(),
                note.outcome().row(urls.get(note.outcome().path()))));
        quarantine.addImages(context.spark().createDataFrame(List.copyOf(rows.values()), ImageFetching.OUTCOME));
        settled.forEach(note -> RefusalNotes.delete(context.storage(), note.file()));
    }

    @Override
    public void close() {
        if (files != null) {
            files.unpersist();
        }
    }

    private Dataset<Row> joined(Dataset<Row> located, List<Row> outcomes) {
        Dataset<Row> known = files.filter(not(BucketImages.missing()))
                .withColumn("fault", lit(null).cast("string"))
                .withColumn("message", lit(null).cast("string"))
                .unionByName(context.spark().createDataFrame(outcomes, ImageFetching.OUTCOME))
                // Storage that is lost is looked up again, when there are files that were missing.
                .dropDuplicates("path");
        Column noUrl = col("filtered").isNull().and(col("path").isNull());
        return located.drop("fault", "message")
                .join(known, JoinColumns.of("path"), "left")
                .withColumn(
                        "fault", when(noUrl, lit(FetchReason.BAD_URL.code())).otherwise(col("fault")))
                .withColumn(
                        "message",
                        when(
                                        noUrl,
                                        concat(
                                                lit("Cannot fetch "),
                                                regexp_replace(col("source_url"), "//[^/@]*@", "//***@"),
                                                lit(": no http or https URL of a host, without a password")))
                                .otherwise(col("message")));
    }

    /** Rows {@code path, reason, message}. A file that was too large is asked for again where the limits are others. */
    private Dataset<Row> refusedForGood() {
        Object[] lasting = Arrays.stream(FetchReason.values())
                .filter(FetchReason::isLasting)
                .map(FetchReason::code)
                .toArray();
        return context.lake()
                .read(Table.QUARANTINE)
                .filter(lit(!again)
                        .and(col("job").equalTo("ingest"))
                        .and(col("collection").equalTo(quarantine.collection()))
                        .and(col("reason").isin(lasting))
                        .and(not(col("reason").equalTo(FetchReason.TOO_MANY_BYTES.code()))
                                .or(col("settings_fingerprint").equalTo(quarantine.fingerprint()))))
                .select("path", "reason", "message");
    }

    /** In the order of their names, which is as good as none: hosts and owners are mixed. */
    private static List<Wanted> wanted(Dataset<Row> rows) {
        return rows.select("path", "source_url")
                .sort("path")
                .map(
                        (MapFunction<Row, Wanted>) row -> new Wanted(
                                row.getString(0), ImageUrl.of(row.getString(1)).orElseThrow()),
                        Encoders.javaSerialization(Wanted.class))
                .collectAsList();
    }
}
