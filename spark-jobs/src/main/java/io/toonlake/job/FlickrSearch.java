package io.toonlake.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.config.Fingerprint;
import io.toonlake.config.FlickrSection;
import io.toonlake.flickr.ApiKey;
import io.toonlake.flickr.ApiPhotoParser;
import io.toonlake.flickr.FlickrApi;
import io.toonlake.flickr.FlickrException;
import io.toonlake.flickr.FlickrQuery;
import io.toonlake.flickr.Slice;
import io.toonlake.flickr.SlicedSearch;
import io.toonlake.licence.FlickrLicence;
import io.toonlake.storage.Lease;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Photos that Flickr's API finds. What a slice of time holds is kept in the folder of the images, so that no run asks for it again; tasks read it from
 * there.
 */
final class FlickrSearch {
    private static final Logger LOG = LoggerFactory.getLogger(FlickrSearch.class);

    /** Nothing was uploaded before: Flickr opened in February 2004. */
    private static final Instant BEGINNING = Instant.parse("2004-01-01T00:00:00Z");

    /** Below the images, where listings pass it over. */
    private static final String FOLDER = "_toonlake/flickr";

    /** Enough to tell searches apart, for people too. */
    private static final int FINGERPRINT_DIGITS = 16;

    private final JobContext context;
    private final Path images;
    private final FlickrQuery query;
    private final YfccSelection.Period uploaded;
    private final ApiKey key;
    private final FlickrSection settings;
    private final Map<String, Double> figures = new LinkedHashMap<>();

    /** @param images the folder that they are fetched into */
    FlickrSearch(JobContext context, Path images, FlickrQuery query, YfccSelection.Period uploaded, ApiKey key) {
        this.context = context;
        this.images = images;
        this.query = query;
        this.uploaded = uploaded;
        this.key = key;
        this.settings = context.settings().ingest().flickr();
    }

    /** What it took, for the summary: nothing before {@link #photos}. */
    Map<String, Double> figures() {
        return figures;
    }

    /**
     * Searches for what is not known yet, and gives all that is: rows of {@link YfccMetadata#SCHEMA}.
     *
     * @throws UsageException where Flickr refuses the key or the search
     * @throws UnreachableException where it does not answer; what was found until then is kept
     */
    Dataset<Row> photos() {
        context.stages().begin("search");
        Instant now = Instant.now();
        Slice period = period(now);
        try (Lease lease = Lease.take(
                        context.storage(),
                        images,
                        context.runId(),
                        "ingest",
                        Duration.ofSeconds(context.settings().ingest().fetch().leaseSeconds()));
                FlickrCalls calls = new FlickrCalls(context.settings(), key)) {
            try {
                Set<FlickrLicence> licences = calls.api().licences();
                List<Path> files = search(calls.api(), period, now, lease);
                context.stages().begin("metadata");
                return YfccMetadata.found(
                        context,
                        files,
                        new ApiPhotoParser(
                                settings.imageSizes(),
                                licences.stream().map(FlickrLicence::id).toList()));
            } catch (FlickrException e) {
                throw calls.told(
                        e,
                        "--flickr-search",
                        "ask for something else; see https://www.flickr.com/services/api/flickr.photos.search.html",
                        "what was found is kept; run again to go on");
            } catch (InterruptedException e) {
                throw calls.interrupted(e);
            }
        }
    }

    private Slice period(Instant now) {
        Instant since = uploaded.since() == null || uploaded.since().isBefore(BEGINNING) ? BEGINNING : uploaded.since();
        Instant before = uploaded.before() == null || uploaded.before().isAfter(now) ? now : uploaded.before();
        if (!since.isBefore(before)) {
            throw new UsageException("Invalid --uploaded-since: " + since
                    + " (nothing can be uploaded from then on and before " + before + ")");
        }
        return Slice.of(since, before);
    }

    @SuppressWarnings("try") // the progress line lives as long as its block
    private List<Path> search(FlickrApi api, Slice period, Instant now, Lease lease) throws InterruptedException {
        Path folder = folder();
        SliceFiles kept = SliceFiles.in(
                context.storage(), folder, lease, now.minus(settings.settled()).getEpochSecond());
        describe(new Path(folder, "search.json"));
        AtomicLong seconds = new AtomicLong();
        SlicedSearch search = new SlicedSearch(
                api, query, settings.photosPerPage(), settings.resultsPerSearch(), kept, seconds::addAndGet);
        List<Slice> slices;
        long day = Duration.ofDays(1).toSeconds();
        try (Progress progress = context.progress(
                "search", "days of uploads", 1 + (period.seconds() - 1) / day, () -> seconds.get() / day)) {
            slices = search.run(period);
        }
        LOG.info(
                "Flickr was asked {} times; of {} slices of the time of upload {} were known",
                api.requests(),
                slices.size(),
                search.alreadyKept());
        if (search.outOfReach() > 0) {
            LOG.warn(
                    "Flickr tells of {} photos that it does not give; table quarantine has their seconds, by reason too-dense",
                    search.outOfReach());
        }
        figures.put("flickrRequests", (double) api.requests());
        figures.put("flickrSlices", (double) slices.size());
        figures.put("flickrSlicesKnown", (double) search.alreadyKept());
        return slices.stream().map(kept::file).toList();
    }

    /** Of this search alone, whenever its photos were uploaded. */
    private Path folder() {
        String asked = query.parameters().entrySet().stream()
                .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
                .collect(Collectors.joining("\n"));
        String fingerprint =
                Fingerprint.of(settings.url().toString(), asked, String.valueOf(settings.resultsPerSearch()));
        return new Path(images, FOLDER + "/" + fingerprint.substring(0, FINGERPRINT_DIGITS));
    }

    /** For people who find the folder. */
    private void describe(Path file) {
        try {
            if (!context.storage().fileSystem(file).exists(file)) {
                byte[] json = new ObjectMapper()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(query.parameters())
                        .getBytes(StandardCharsets.UTF_8);
                context.storage().write(file, json);
            }
        } catch (IOException e) {
            throw new UnreachableException("Cannot write --fetch " + Storage.shown(file) + ": " + Storage.reason(e), e);
        }
    }
}
