package io.toonlake.flickr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.fetch.DocumentFetcher.Document;
import io.toonlake.fetch.FetchSettings;
import io.toonlake.flickr.FlickrException.Kind;
import io.toonlake.licence.FlickrLicence;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flickr's API (REST, answers in JSON): one call after the other, at the pace that a key is allowed. What may pass is asked for again after a while, all
 * of it counting against the pace. For one thread.
 */
public final class FlickrApi {
    private static final Logger LOG = LoggerFactory.getLogger(FlickrApi.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Code of an answer: the key was not valid or has expired. */
    private static final int INVALID_KEY = 100;

    /** Codes of an answer about a single photo: not found, and private. Other methods mean other things by them. */
    private static final Set<Integer> NOT_SHOWN = Set.of(1, 2);

    /** Codes of what passes: the API, its search, or a service behind it is not available for the moment. */
    private static final Set<Integer> PASSING = Set.of(0, 10, 105, 106);

    /** Asks once, as {@link io.toonlake.fetch.DocumentFetcher} does. */
    public interface Exchange {
        Document get(URI uri) throws IOException;
    }

    private final URI url;
    private final ApiKey key;
    private final FetchSettings settings;
    private final Exchange exchange;
    private final RequestPace pace;
    private final RandomGenerator random;
    private long requests;

    /**
     * @param url of the service, without a query
     * @param settings of which attempts, back-off and the longest wait count here
     */
    public FlickrApi(
            URI url, ApiKey key, FetchSettings settings, Exchange exchange, RequestPace pace, RandomGenerator random) {
        this.url = url;
        this.key = key;
        this.settings = settings;
        this.exchange = exchange;
        this.pace = pace;
        this.random = random;
    }

    /** How many requests were made until now, repeated ones included. */
    public long requests() {
        return requests;
    }

    /**
     * Calls a method.
     *
     * @param parameters but the key and the format
     * @param content the object in the answer that holds what was asked for
     * @param list the list in that object
     * @return that object, which has the list
     * @throws FlickrException where Flickr does not give it
     */
    JsonNode call(String method, Map<String, String> parameters, String content, String list)
            throws InterruptedException {
        return call(method, parameters, content, answered -> answered.path(list).isArray());
    }

    private JsonNode call(String method, Map<String, String> parameters, String content, Predicate<JsonNode> whole)
            throws InterruptedException {
        URI uri = uri(method, parameters);
        for (int attempt = 1; ; attempt++) {
            pace.await();
            requests++;
            Passing failure;
            try {
                return content(exchange.get(uri), content, whole);
            } catch (Passing e) {
                failure = e;
            } catch (IOException e) {
                String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
                failure = new Passing(message, Optional.empty());
            }
            Duration asked = failure.retryAfter().orElse(Duration.ZERO);
            boolean patient = asked.compareTo(settings.maxWait()) <= 0;
            if (!patient || attempt == settings.attempts()) {
                throw new FlickrException(
                        Kind.UNAVAILABLE,
                        key.masked(failure.getMessage())
                                + (patient
                                        ? ", " + attempt + " times"
                                        : " and asks to wait " + asked.toSeconds() + " s, longer than is waited"));
            }
            Duration backOff = settings.backOff().after(attempt, random);
            Duration wait = asked.compareTo(backOff) > 0 ? asked : backOff;
            LOG.debug("{}: {}; asking again in {} s", method, key.masked(failure.getMessage()), wait.toSeconds());
            pace.pause(wait);
        }
    }

    private URI uri(String method, Map<String, String> parameters) {
        Map<String, String> all = new TreeMap<>(parameters);
        all.put("method", method);
        all.put("api_key", key.value());
        all.put("format", "json");
        all.put("nojsoncallback", "1");
        StringBuilder query = new StringBuilder();
        all.forEach((name, value) -> query.append(query.length() == 0 ? '?' : '&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20")));
        return URI.create(url.toString() + query);
    }

    private JsonNode content(Document document, String content, Predicate<JsonNode> whole) throws Passing {
        int status = document.status();
        if (status == 408 || status == 425 || status == 429 || status >= 500) {
            throw new Passing("answered " + status, document.retryAfter());
        }
        JsonNode answer = parsed(document.body());
        if (answer != null && answer.path("stat").asText().equals("fail")) {
            throw failed(answer, document.retryAfter());
        }
        if (status != 200) {
            throw new FlickrException(Kind.UNAVAILABLE, "answered " + status);
        }
        if (answer == null || !answer.path("stat").asText().equals("ok") || !whole.test(answer.path(content))) {
            // Cut short, or some proxy's page.
            throw new Passing("answered what is no " + content + " in JSON", document.retryAfter());
        }
        return answer.get(content);
    }

    /** Null where it is no JSON. */
    private static JsonNode parsed(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            return null;
        }
    }

    private Passing failed(JsonNode answer, Optional<Duration> retryAfter) {
        int code = answer.path("code").asInt(-1);
        String said = key.masked(answer.path("message").asText("nothing")) + " (code " + code + ")";
        if (code == INVALID_KEY) {
            throw new FlickrException(Kind.KEY, said, code);
        }
        if (!PASSING.contains(code)) {
            throw new FlickrException(Kind.REFUSED, said, code);
        }
        return new Passing("says " + said, retryAfter);
    }

    /**
     * Asks which licences there are ({@code flickr.photos.licenses.getInfo}).
     *
     * @return those by whose ids Flickr means what {@link FlickrLicence} does. Photos of others are nobody's to judge here.
     */
    public Set<FlickrLicence> licences() throws InterruptedException {
        Set<FlickrLicence> agreed = new TreeSet<>();
        JsonNode told = call("flickr.photos.licenses.getInfo", Map.of(), "licenses", "license");
        for (JsonNode licence : told.get("license")) {
            String name = licence.path("name").asText();
            String page = licence.path("url").asText();
            Optional<FlickrLicence> known =
                    FlickrLicence.of(licence.path("id").asInt(-1)).filter(ours -> ours.isCalled(name, page));
            known.ifPresentOrElse(
                    agreed::add,
                    () -> LOG.warn(
                            "Flickr has a licence that Toonlake does not know so: id {}, {}, {}. Photos of it are left out.",
                            key.masked(licence.path("id").asText()),
                            key.masked(name),
                            key.masked(page)));
        }
        return agreed;
    }

    /**
     * Asks under which licence a photo is now ({@code flickr.photos.getInfo}).
     *
     * @return Flickr's id of the licence; nothing where the photo is gone, or is not shown to everybody any more
     */
    public Optional<Integer> licenceOf(String photoId) throws InterruptedException {
        try {
            JsonNode photo = call(
                    "flickr.photos.getInfo",
                    Map.of("photo_id", photoId),
                    "photo",
                    answered -> answered.path("id").asText().equals(photoId)
                            && answered.path("license").asText().matches("\\d{1,9}"));
            return Optional.of(photo.get("license").asInt());
        } catch (FlickrException e) {
            if (e.kind() == Kind.REFUSED && NOT_SHOWN.contains(e.code())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Another moment may mend it. */
    private static final class Passing extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Optional<Duration> retryAfter;

        Passing(String message, Optional<Duration> retryAfter) {
            super(message);
            this.retryAfter = retryAfter;
        }

        Optional<Duration> retryAfter() {
            return retryAfter;
        }
    }
}
