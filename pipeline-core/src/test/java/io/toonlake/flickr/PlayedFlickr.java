package io.toonlake.flickr;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.toonlake.fetch.DocumentFetcher.Document;
import io.toonlake.fetch.PhotoServer;
import io.toonlake.fetch.PhotoServer.Reply;
import io.toonlake.fetch.PhotoServer.Request;
import io.toonlake.licence.FlickrLicence;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Flickr's API as far as searches go, played: it knows photos, gives them page by page, repeats itself past the most that it gives for one search, and does
 * what is wrong where a test asks for it.
 */
public final class PlayedFlickr {
    /** The key of surefire's environment, which it knows. */
    public static final String KEY = "0123456789abcdef0123456789abcdef";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter TAKEN = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private final int mostResults;
    private final List<ObjectNode> photos = new ArrayList<>();
    private final List<Map<String, String>> requests = new ArrayList<>();
    private final Map<Integer, String[]> licences = new TreeMap<>();
    private final Deque<Document> troubles = new ArrayDeque<>();
    private Consumer<Map<String, String>> before = parameters -> {};

    /** @param mostResults of one search; 4,000 on Flickr */
    public PlayedFlickr(int mostResults) {
        this.mostResults = mostResults;
        for (FlickrLicence licence : FlickrLicence.values()) {
            licences.put(licence.id(), new String[] {licence.title(), licence.url()});
        }
    }

    /**
     * A photo that it knows from now on; what a test sets in it is given. One that is {@code hidden} is counted and not shown.
     *
     * @param uploaded seconds since 1970
     * @param servers of images, without a slash at the end
     */
    public synchronized ObjectNode photo(long id, long uploaded, int licence, String servers) {
        ObjectNode photo = JSON.createObjectNode()
                .put("id", String.valueOf(id))
                .put("owner", "61048402@N08")
                .put("secret", "01a3b2c4d5")
                .put("server", "6217")
                .put("farm", 7)
                .put("title", "Lake no. " + id)
                .put("ispublic", 1)
                .put("license", String.valueOf(licence))
                .put("ownername", "Päule")
                .put("dateupload", String.valueOf(uploaded))
                .put(
                        "datetaken",
                        TAKEN.format(Instant.ofEpochSecond(uploaded - 3600).atOffset(ZoneOffset.UTC)))
                .put("datetakengranularity", 0)
                .put("datetakenunknown", "0")
                .put("latitude", "46.5")
                .put("longitude", "7.25")
                .put("accuracy", "16")
                .put("tags", "lake blackandwhite")
                .put("machine_tags", "geo:lat=46.5")
                .put("media", "photo")
                .put("url_l", servers + "/5/" + id + "_b.jpg")
                .put("height_l", 120)
                .put("width_l", 160);
        photos.add(photo);
        return photo;
    }

    public synchronized void remove(long id) {
        photos.removeIf(photo -> photo.get("id").asText().equals(String.valueOf(id)));
    }

    /** What it calls a licence; null for one that it has not. */
    public synchronized void licence(int id, String name, String url) {
        licences.put(id, new String[] {name, url});
    }

    /** The next answers, instead of those that were right. */
    public synchronized void trouble(Document... answers) {
        troubles.addAll(Arrays.asList(answers));
    }

    public synchronized void noMoreTrouble() {
        troubles.clear();
    }

    /** What happens before a search is answered; it may throw. */
    public synchronized void before(Consumer<Map<String, String>> action) {
        before = action;
    }

    public static Document json(String body) {
        return new Document(200, Optional.empty(), body.getBytes(StandardCharsets.UTF_8));
    }

    public static Document fail(int code, String message) {
        return json("{\"stat\":\"fail\",\"code\":" + code + ",\"message\":\"" + message + "\"}");
    }

    public static Document status(int status) {
        return new Document(status, Optional.empty(), new byte[0]);
    }

    public static Document busy(int status, Duration retryAfter) {
        return new Document(status, Optional.of(retryAfter), new byte[0]);
    }

    /** The parameters of all requests, in order. */
    public synchronized List<Map<String, String>> requests() {
        return List.copyOf(requests);
    }

    /** The searches among them, as {@code from-to/page}. */
    public synchronized List<String> searches() {
        return requests.stream()
                .filter(request -> request.get("method").equals("flickr.photos.search"))
                .map(request -> request.get("min_upload_date") + "-"
                        + (Long.parseLong(request.get("max_upload_date")) + 1) + "/" + request.get("page"))
                .toList();
    }

    public synchronized void forgetRequests() {
        requests.clear();
    }

    /** The same over HTTP. */
    public Reply reply(Request request) {
        Document document = answer(URI.create(request.target()));
        String[] headers = document.retryAfter()
                .map(wait -> new String[] {"Retry-After: " + wait.toSeconds()})
                .orElseGet(() -> new String[0]);
        return PhotoServer.status(document.status(), document.body(), headers);
    }

    public synchronized Document answer(URI uri) {
        Map<String, String> parameters = new TreeMap<>();
        for (String parameter : uri.getRawQuery().split("&")) {
            String[] parts = parameter.split("=", 2);
            parameters.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        requests.add(parameters);
        if (!troubles.isEmpty()) {
            return troubles.pop();
        }
        if (!parameters.get("api_key").equals(KEY)) {
            return fail(100, "Invalid API Key (Key has invalid format)");
        }
        if (!parameters.get("format").equals("json")
                || !parameters.get("nojsoncallback").equals("1")) {
            return json("jsonFlickrApi({})");
        }
        return switch (parameters.get("method")) {
            case "flickr.photos.licenses.getInfo" -> licences();
            case "flickr.photos.search" -> search(parameters);
            case "flickr.photos.getInfo" -> info(parameters);
            default -> fail(112, "Method not found");
        };
    }

    private Document licences() {
        ArrayNode list = JSON.createArrayNode();
        licences.forEach((id, licence) -> {
            if (licence[0] != null) {
                list.addObject()
                        .put("id", String.valueOf(id))
                        .put("name", licence[0])
                        .put("url", licence[1]);
            }
        });
        ObjectNode answer = JSON.createObjectNode().put("stat", "ok");
        answer.putObject("licenses").set("license", list);
        return json(answer.toString());
    }

    private Document info(Map<String, String> parameters) {
        before.accept(parameters);
        return photos.stream()
                .filter(photo -> photo.get("id").asText().equals(parameters.get("photo_id")))
                .findFirst()
                .map(photo -> {
                    ObjectNode answer = JSON.createObjectNode().put("stat", "ok");
                    ObjectNode info = answer.putObject("photo");
                    info.set("id", photo.get("id"));
                    info.set("license", photo.get("license"));
                    info.putObject("title").set("_content", photo.get("title"));
                    info.putObject("visibility").put("ispublic", 1);
                    return json(answer.toString());
                })
                .orElseGet(() -> fail(1, "Photo " + parameters.get("photo_id") + " not found (invalid ID)"));
    }

    private Document search(Map<String, String> parameters) {
        before.accept(parameters);
        List<ObjectNode> found = photos.stream()
                .filter(photo -> isFound(photo, parameters))
                .sorted(Comparator.<ObjectNode>comparingLong(
                                photo -> photo.get("dateupload").asLong())
                        .thenComparing(photo -> photo.get("id").asText()))
                .toList();
        int perPage =
                Math.min(Integer.parseInt(parameters.get("per_page")), parameters.containsKey("bbox") ? 250 : 500);
        int page = Integer.parseInt(parameters.get("page"));
        ArrayNode given = JSON.createArrayNode();
        for (int i = (page - 1) * perPage; i < Math.min(found.size(), page * perPage); i++) {
            ObjectNode photo = found.get(i % mostResults);
            if (!photo.has("hidden")) {
                given.add(photo);
            }
        }
        ObjectNode answer = JSON.createObjectNode().put("stat", "ok");
        answer.putObject("photos")
                .put("page", page)
                .put("pages", (found.size() + perPage - 1) / perPage)
                .put("perpage", perPage)
                // As Flickr does, now a number and now a text.
                .put("total", String.valueOf(found.size()))
                .set("photo", given);
        return json(answer.toString());
    }

    private static boolean isFound(ObjectNode photo, Map<String, String> parameters) {
        long uploaded = photo.get("dateupload").asLong();
        List<String> tags = Arrays.asList(photo.get("tags").asText().split(" "));
        List<String> asked = parameters.containsKey("tags")
                ? Arrays.stream(parameters.get("tags").split(","))
                        .map(tag -> tag.replaceAll("[^a-z0-9]", ""))
                        .toList()
                : List.of();
        return uploaded >= Long.parseLong(parameters.get("min_upload_date"))
                && uploaded <= Long.parseLong(parameters.get("max_upload_date"))
                && (asked.isEmpty() || asked.stream().anyMatch(tags::contains))
                && photo.get("title").asText().contains(parameters.getOrDefault("text", ""));
    }
}
