package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.toonlake.config.IngestSettings;
import io.toonlake.storage.Listing;
import io.toonlake.storage.SourceFile;
import io.toonlake.table.Collections;
import io.toonlake.table.Domain;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.util.LongAccumulator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Takes the images of one collection in: decodes them strictly, gives each a split and a perceptual hash, finds near-duplicates,
 * cuts samples for training, and quarantines what cannot be used.
 */
@Command(
        name = "ingest",
        header = "Takes photos or cartoon frames of one collection into the tables.",
        description = {
            "",
            "Reads every file below --input (JPEG, PNG, WebP, BMP, TIFF, told apart by content), applies the EXIF orientation, converts "
                    + "to 8-bit sRGB, cuts square samples for training and sets aside a test split by content. Near-duplicates are "
                    + "kept in table images but give no samples. A file that is damaged, too large or no picture goes to table "
                    + "quarantine with its reason; it never stops the run.",
            "",
            "Run again, it reads only what is new or has changed.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  toonlake ingest --domain photo --collection flickr --input ~/Pictures --tables lake",
            "  toonlake ingest --domain cartoon --collection hayao --input s3a://frames/hayao --tables s3a://lake/tables"
        })
final class IngestJob extends Job {
    @Option(names = "--domain", required = true, description = "What the images are: ${COMPLETION-CANDIDATES}.")
    private Domain domain;

    @Option(
            names = "--collection",
            required = true,
            paramLabel = "NAME",
            description = "The named set these images belong to: a lake of tables holds many.")
    private String collection;

    @Option(
            names = "--input",
            required = true,
            paramLabel = "URI",
            description = "Folder (any Hadoop file system), or one file.")
    private String input;

    @Option(
            names = "--tables",
            required = true,
            paramLabel = "URI",
            description = "Where the tables are; made if missing.")
    private String tables;

    @Override
    String tables() {
        return tables;
    }

    @Override
    @SuppressWarnings("try") // the progress line lives as long as its block
    JobResult execute(JobContext context) {
        Checks.collectionName("--collection", collection);
        Lake lake = context.lake();
        new Collections(lake)
                .domain(collection)
                .filter(known -> known != domain)
                .ifPresent(known -> {
                    throw new UsageException(
                            "Invalid --domain: " + domain + " (collection " + collection + " holds " + known + "s)");
                });
        Path folder = context.storage().qualified(input);
        List<SourceFile> listing = new Listing(context.storage()).files(folder, "--input");
        IngestSettings settings = context.settings().ingest();
        String fingerprint = context.settings()
                .fingerprint("ingest.limits", "ingest.sample", "ingest.test-fraction", "ingest.near-duplicate-bits");
        KnownFiles known = known(context, listing, fingerprint);
        Reingestion work = Reingestion.of(
                context.spark(),
                lake.read(Table.IMAGES).filter(col("collection").equalTo(collection)),
                known.pending());
        long unchanged =
                known.unchanged() - (work.pending().size() - known.pending().size());

        LongAccumulator decoded = context.sparkContext().sc().longAccumulator("decoded");
        ImagePreparation preparation = new ImagePreparation(context, collection, domain, fingerprint, decoded);
        Map<String, Long> reasons = new TreeMap<>(known.quarantined());
        long done = 0;
        int pending = work.pending().size();
        try (Progress progress = new Progress("ingest " + collection, "images", pending, decoded::value)) {
            for (int from = 0; from < pending; from += settings.imagesPerCommit()) {
                List<SourceFile> batch =
                        work.pending().subList(from, Math.min(pending, from + settings.imagesPerCommit()));
                Dataset<Row> prepared = preparation.prepare(batch);
                try {
                    Map<String, Long> refused = new IngestCommit(context, collection, work.replaced()).write(prepared);
                    refused.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
                    done += batch.size()
                            - refused.values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum();
                } finally {
                    prepared.unpersist();
                }
            }
        }
        return new JobResult(new Counts(done, unchanged, reasons), Job.settingsFingerprint(fingerprint), summary(lake));
    }

    private KnownFiles known(JobContext context, List<SourceFile> listing, String fingerprint) {
        Dataset<Row> accepted = context.lake()
                .read(Table.IMAGES)
                .filter(col("collection")
                        .equalTo(collection)
                        .and(col("settings_fingerprint").equalTo(fingerprint)));
        Dataset<Row> refused = context.lake()
                .read(Table.QUARANTINE)
                .filter(col("job")
                        .equalTo("ingest")
                        .and(col("collection").equalTo(collection))
                        .and(col("settings_fingerprint").equalTo(fingerprint)));
        return KnownFiles.of(context.spark(), listing, accepted, refused);
    }

    private String summary(Lake lake) {
        Row held = lake.read(Table.IMAGES)
                .filter(col("collection").equalTo(collection))
                .agg(
                        functions.count(lit(1)),
                        functions.count(col("duplicate_of")),
                        functions.coalesce(functions.sum(col("samples")), lit(0L)),
                        functions.count(functions.when(col("split").equalTo("test"), 1)))
                .head();
        return String.format(
                "collection %s holds %,d images (%,d near-duplicates, %,d for testing) and %,d samples",
                collection, held.getLong(0), held.getLong(1), held.getLong(3), held.getLong(2));
    }
}
