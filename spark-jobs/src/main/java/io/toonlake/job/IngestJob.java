package io.toonlake.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.toonlake.config.Fingerprint;
import io.toonlake.film.FilmReason;
import io.toonlake.storage.Listing;
import io.toonlake.storage.SourceFile;
import io.toonlake.table.Collections;
import io.toonlake.table.Domain;
import io.toonlake.table.Lake;
import io.toonlake.table.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import picocli.CommandLine.ArgGroup;
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
            "With --yfcc it takes photos of YFCC100M instead of a folder's: it reads the metadata, chooses among the photos, and looks in the "
                    + "bucket's layout for the images of those that are wanted (--images), or fetches them from their URLs (--fetch). Whose they are is "
                    + "kept in table provenance.",
            "",
            "With --films it takes frames of films: it finds the scenes, and of each the sharpest frames that are neither blurred nor flat, cuts "
                    + "off black bars, and knows every frame by its film's fingerprint and its time stamp.",
            "",
            "With --flickr-search it takes photos that Flickr's own API finds (--text, --any-tag and so on), and fetches them (--fetch). It wants a key in "
                    + "environment variable FLICKR_API_KEY. What was found is kept beside the images, and not asked for again.",
            "",
            "Run again, it reads only what is new or has changed. What purge took out it does not take in again.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  toonlake ingest --domain photo --collection flickr --input ~/Pictures --tables lake",
            "  toonlake ingest --domain cartoon --collection hayao --input s3a://frames/hayao --tables s3a://lake/tables",
            "  toonlake ingest --domain photo --collection lakes --yfcc yfcc100m_dataset.bz2 --images s3a://multimedia-commons "
                    + "--any-tag lake,see --licence 4,5 --tables lake",
            "  toonlake ingest --domain photo --collection lakes --yfcc yfcc100m_dataset.bz2 --fetch ~/flickr "
                    + "--set ingest.fetch.contact=you@example.org --tables lake",
            "  toonlake ingest --domain cartoon --collection hayao --films ~/Films --set ingest.film.skip-end-seconds=120 --tables lake",
            "  toonlake ingest --domain photo --collection lakes --flickr-search --text \"lake mountains\" --licence 4,5 --fetch ~/flickr "
                    + "--set ingest.fetch.contact=you@example.org --tables lake"
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

    @ArgGroup(multiplicity = "1")
    private Source source;

    @Option(
            names = "--tables",
            required = true,
            paramLabel = "URI",
            description = "Where the tables are; made if missing.")
    private String tables;

    /** One of these, and no more. */
    static final class Source {
        @Option(
                names = "--input",
                required = true,
                paramLabel = "URI",
                description = "Folder (any Hadoop file system), or one file.")
        private String input;

        @ArgGroup(exclusive = false)
        private YfccOptions yfcc;

        @ArgGroup(exclusive = false)
        private FilmOptions films;
    }

    @Override
    String tables() {
        return tables;
    }

    @Override
    JobResult execute(JobContext context) {
        Checks.collectionName("--collection", collection);
        if (source.yfcc != null) {
            source.yfcc.check();
            if (domain != Domain.PHOTO) {
                throw new UsageException(
                        "Invalid --domain: " + domain + " (" + source.yfcc.holder() + " holds photos)");
            }
        }
        Lake lake = context.lake();
        new Collections(lake)
                .domain(collection)
                .filter(known -> known != domain)
                .ifPresent(known -> {
                    throw new UsageException(
                            "Invalid --domain: " + domain + " (collection " + collection + " holds " + known + "s)");
                });
        String fingerprint = context.settings()
                .fingerprint("ingest.limits", "ingest.sample", "ingest.test-fraction", "ingest.near-duplicate-bits");
        checkKind(lake);
        if (source.films != null) {
            return films(context, Fingerprint.of(fingerprint, source.films.fingerprint(context)));
        }
        Ingestion ingestion = new Ingestion(context, collection, domain, fingerprint);
        Map<String, Double> figures = new LinkedHashMap<>();
        Counts counts = source.yfcc == null
                ? ingestion.run(folder(context, source.input), Optional.empty())
                : flickr(context, ingestion, figures);
        return new JobResult(counts, Job.settingsFingerprint(fingerprint), summary(lake), figures);
    }

    /** Frames are found again in their films and pictures in their files; a collection of both would have to know which is which at every step. */
    private void checkKind(Lake lake) {
        Column others =
                source.films == null ? col("film").isNotNull() : col("film").isNull();
        if (lake.holds(Table.IMAGES)
                && !lake.read(Table.IMAGES)
                        .filter(col("collection").equalTo(collection).and(others))
                        .isEmpty()) {
            throw new UsageException("Invalid --collection: " + collection + " (it holds "
                    + (source.films == null ? "frames of films" : "pictures from files")
                    + "; give the others a collection of their own)");
        }
    }

    private JobResult films(JobContext context, String fingerprint) {
        FilmIngestion films = new FilmIngestion(context, collection, domain, fingerprint, source.films.recipe(context));
        List<SourceFile> listing = source.films.listing(context);
        Counts counts = films.run(listing);
        List<String> said = new ArrayList<>(List.of(summary(context.lake())));
        // Counted beside frames, a hundred films are next to nothing of what was read.
        long refused = counts.quarantined() - counts.reasons().getOrDefault(FilmReason.UNDECODABLE.code(), 0L);
        if (refused > 0) {
            said.add(String.format(
                    "%,d of %,d files are not taken in, for the reasons that table quarantine has",
                    refused, listing.size()));
        }
        if (!films.comparedWithRecipe().isEmpty()) {
            said.add(films.comparedWithRecipe());
        }
        return new JobResult(counts, Job.settingsFingerprint(fingerprint), String.join("; ", said));
    }

    private static Dataset<Row> folder(JobContext context, String input) {
        List<SourceFile> files =
                new Listing(context.storage()).files(context.storage().qualified(input), "--input");
        return ListedFiles.timed(ListedFiles.rows(context, files));
    }

    private Counts flickr(JobContext context, Ingestion ingestion, Map<String, Double> figures) {
        context.stages().begin("metadata");
        YfccQuarantine quarantine = new YfccQuarantine(context, collection, ingestion.fingerprint());
        YfccOptions options = source.yfcc;
        try (YfccImages where = options.images(context, quarantine);
                YfccPhotos photos = YfccPhotos.chosen(context, options, where)) {
            figures.putAll(photos.figures());
            quarantine.write(photos);
            context.stages().begin("images");
            Counts images = ingestion.run(
                    photos.images(),
                    Optional.of(Provenance.of(
                            context, collection, options.source(), photos, where instanceof FetchedImages)));
            Map<String, Long> reasons = new TreeMap<>(images.reasons());
            photos.refused().forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
            Map<String, Long> filtered = new TreeMap<>(photos.filtered());
            images.filteredBy().forEach((filter, count) -> filtered.merge(filter, count, Long::sum));
            Counts counts = new Counts(images.done(), images.unchanged(), reasons, Counts.sum(filtered), 0, filtered);
            if (counts.read() != photos.rows()) {
                throw new IllegalStateException(
                        "Of " + photos.rows() + " rows of metadata " + counts.read() + " are accounted for: " + counts);
            }
            return counts;
        }
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
