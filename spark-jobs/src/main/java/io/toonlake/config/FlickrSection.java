package io.toonlake.config;

import io.toonlake.flickr.FlickrQuery;
import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Settings of {@code ingest --flickr-search}. The key is none of them: settings are recorded.
 *
 * @param url of the API, without a query
 * @param requestsPerHour by the whole run; 0 for no limit
 * @param photosPerPage that are asked for, at most
 * @param resultsPerSearch that Flickr gives
 * @param settled how long ago photos must have been uploaded for their slice to be final
 * @param imageSizes of which the first that a photo has is fetched
 */
public record FlickrSection(
        URI url,
        double requestsPerHour,
        int photosPerPage,
        int resultsPerSearch,
        Duration settled,
        List<String> imageSizes)
        implements Serializable {
    private static final String DEFAULT_URL = "https://www.flickr.com/services/rest/";
    private static final String URL = "https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?";
    private static final int YEAR_HOURS = 365 * 24;

    public FlickrSection {
        imageSizes = List.copyOf(imageSizes);
    }

    static FlickrSection read(SettingsReader reader) {
        String url = reader.text("ingest.flickr.url", URL, "an http or https URL without a query");
        List<String> sizes = reader.texts(
                "ingest.flickr.image-sizes",
                "[" + FlickrQuery.SIZES + "]",
                "o (original), l (1,024 pixels), c (800) and z (640)");
        if (sizes.isEmpty()) {
            reader.problem("ingest.flickr.image-sizes", sizes, "must name a size at least");
        }
        return new FlickrSection(
                URI.create(url.matches(URL) ? url : DEFAULT_URL),
                reader.doubleBetween("ingest.flickr.max-requests-per-hour", 0, 1_000_000),
                reader.intBetween("ingest.flickr.photos-per-page", 1, 500),
                reader.intBetween("ingest.flickr.max-results-per-search", 1, 4000),
                Duration.ofSeconds((long) (3600 * reader.doubleBetween("ingest.flickr.settled-hours", 0, YEAR_HOURS))),
                sizes);
    }
}
