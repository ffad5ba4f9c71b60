package io.toonlake.flickr;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is searched for on Flickr, apart from when it was uploaded. Of photos only: no videos, no screenshots or drawings, and none that their owners call
 * unsafe.
 *
 * @param text in title, description or tags; empty for any
 * @param tags at most 20; empty for any
 * @param everyTag whether a photo must have all of them, or one
 * @param licences Flickr's ids, at least one
 * @param box west, south, east, north in degrees; empty for anywhere
 * @param takenSince by the camera's clock as if that were UTC; null for any time
 * @param takenBefore likewise
 */
public record FlickrQuery(
        String text,
        List<String> tags,
        boolean everyTag,
        List<Integer> licences,
        List<Double> box,
        Instant takenSince,
        Instant takenBefore) {
    /** Sizes that an image is asked for in: original, 1,024, 800 and 640 pixels on its longer side. */
    public static final String SIZES = "olcz";

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    /** What Flickr gives of searches within a box a page. */
    private static final int PER_PAGE_IN_A_BOX = 250;

    public FlickrQuery {
        tags = List.copyOf(tags);
        licences = List.copyOf(licences);
        box = List.copyOf(box);
    }

    /** Photos a page that can be asked for. */
    int perPage(int most) {
        return box.isEmpty() ? most : Math.min(most, PER_PAGE_IN_A_BOX);
    }

    /** As parameters of {@code flickr.photos.search}, in the order of their names. */
    public Map<String, String> parameters() {
        Map<String, String> parameters = new TreeMap<>(Map.of(
                "media",
                "photos",
                "content_type",
                "1",
                "safe_search",
                "1",
                // Photos that are uploaded meanwhile come last, and shift none to another page.
                "sort",
                "date-posted-asc",
                "extras",
                "license,owner_name,date_upload,date_taken,geo,tags,machine_tags,media,"
                        + SIZES.chars().mapToObj(size -> "url_" + (char) size).collect(Collectors.joining(",")),
                "license",
                licences.stream().map(String::valueOf).collect(Collectors.joining(","))));
        if (!text.isEmpty()) {
            parameters.put("text", text);
        }
        if (!tags.isEmpty()) {
            parameters.put("tags", String.join(",", tags));
            parameters.put("tag_mode", everyTag ? "all" : "any");
        }
        if (!box.isEmpty()) {
            parameters.put(
                    "bbox",
                    box.stream()
                            .map(degrees -> BigDecimal.valueOf(degrees).toPlainString())
                            .collect(Collectors.joining(",")));
            // Places that are known to a country or better; without it Flickr gives those that are known to a street.
            parameters.put("accuracy", "1");
        }
        if (takenSince != null) {
            parameters.put("min_taken_date", date(takenSince.getEpochSecond()));
        }
        if (takenBefore != null) {
            // Flickr's end is inclusive.
            parameters.put("max_taken_date", date(Slice.ceiling(takenBefore) - 1));
        }
        return parameters;
    }

    private static String date(long second) {
        return DATE.format(LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC));
    }
}
