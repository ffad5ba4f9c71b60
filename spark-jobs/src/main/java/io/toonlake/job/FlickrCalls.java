package io.toonlake.job;

import io.toonlake.config.Settings;
import io.toonlake.fetch.DocumentFetcher;
import io.toonlake.fetch.FetchSettings;
import io.toonlake.flickr.ApiKey;
import io.toonlake.flickr.FlickrApi;
import io.toonlake.flickr.FlickrException;
import io.toonlake.flickr.PassingTime;
import io.toonlake.flickr.RequestPace;
import io.toonlake.storage.UnreachableException;
import java.net.URI;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Flickr's API as jobs ask it: with the user's key, at the pace and with the patience of the settings, and with words for users where it fails. The driver
 * makes all requests, one after the other: a key is allowed one a second, which one thread asks easily, and a limit that several tasks had to keep together
 * would need a service.
 */
final class FlickrCalls implements AutoCloseable {
    /** The environment variable with the key, which is in no command line, setting, table or log. */
    static final String KEY = "FLICKR_API_KEY";

    /** Of one answer: 500 photos with all their tags take a tenth of it. */
    private static final long MAX_ANSWER_BYTES = 32L << 20;

    private static final String APPLY = "https://www.flickr.com/services/apps/create/";

    private final URI url;
    private final DocumentFetcher fetcher;
    private final FlickrApi api;

    FlickrCalls(Settings settings, ApiKey key) {
        FetchSettings asking = settings.ingest().fetch().asking(Version.current());
        url = settings.ingest().flickr().url();
        fetcher = new DocumentFetcher(asking, MAX_ANSWER_BYTES);
        api = new FlickrApi(
                url,
                key,
                asking,
                fetcher::get,
                new RequestPace(settings.ingest().flickr().requestsPerHour(), PassingTime.real()),
                new SplittableRandom());
    }

    /**
     * @param asker the option or job that needs a key
     * @throws UsageException where there is none
     */
    static ApiKey key(Map<String, String> environment, String asker) {
        String given = environment.getOrDefault(KEY, "").strip();
        if (!given.matches("[0-9A-Za-z]+")) {
            throw new UsageException("Invalid " + KEY + ": " + (given.isEmpty() ? "nothing" : "not letters and digits")
                    + " (" + asker + " asks Flickr's API, which wants a key: get one at " + APPLY
                    + " and export it as environment variable " + KEY + ")");
        }
        return new ApiKey(given);
    }

    /**
     * @param asker the option or job that asks servers
     * @throws UsageException where nobody could be written to about it
     */
    static void checkContact(Settings settings, String asker) {
        if (settings.ingest().fetch().contact().isEmpty()) {
            throw new UsageException("Invalid ingest.fetch.contact: nothing (" + asker
                    + " tells every server whom to write to about its requests; give an e-mail address or a page: "
                    + "--set ingest.fetch.contact=you@example.org)");
        }
    }

    FlickrApi api() {
        return api;
    }

    /**
     * What to tell a user.
     *
     * @param asker the option or job that asked
     * @param instead what to do where Flickr does not do what was asked for
     * @param kept what there is already, where Flickr does not answer
     */
    RuntimeException told(FlickrException e, String asker, String instead, String kept) {
        return switch (e.kind()) {
            case KEY ->
                new UsageException("Invalid " + KEY + ": not shown here (Flickr says: " + e.getMessage()
                        + "; keys are made at " + APPLY + ")");
            case REFUSED ->
                new UsageException("Invalid " + asker + ": Flickr says: " + e.getMessage() + " (" + instead + ")");
            case UNAVAILABLE ->
                new UnreachableException(
                        "Cannot ask Flickr's API at " + url + ": " + e.getMessage() + " (" + kept + ")");
        };
    }

    UnreachableException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new UnreachableException("Cannot ask Flickr's API at " + url + ": interrupted", e);
    }

    @Override
    public void close() {
        fetcher.close();
    }
}
