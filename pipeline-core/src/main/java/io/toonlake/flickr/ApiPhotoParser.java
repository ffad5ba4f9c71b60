package io.toonlake.flickr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.toonlake.flickr.BrokenLine.Reason;
import io.toonlake.flickr.PhotoFields.Broken;
import io.toonlake.licence.FlickrLicence;
import java.io.IOException;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads photos as {@code flickr.photos.search} gives them, a JSON object each. Numbers may be written as numbers or texts; Flickr does both.
 *
 * @param sizes of which the first that a photo has is taken: letters of {@link FlickrQuery#SIZES}
 * @param licences ids that Flickr means as we do, by its own word
 */
public record ApiPhotoParser(List<String> sizes, List<Integer> licences) implements PhotoParser {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PAGES = "https://www.flickr.com/photos/";

    public ApiPhotoParser {
        sizes = List.copyOf(sizes);
        licences = List.copyOf(licences);
    }

    @Override
    public PhotoLine parse(String line) {
        try {
            JsonNode photo = JSON.readTree(line);
            if (!photo.isObject()) {
                return new BrokenLine(Reason.BAD_LAYOUT, "no JSON object: " + PhotoFields.shown(line));
            }
            BrokenLine dense = DenseSecond.read(photo);
            return dense == null ? record(photo) : dense;
        } catch (IOException e) {
            return new BrokenLine(Reason.BAD_LAYOUT, "no JSON: " + PhotoFields.shown(line));
        } catch (Broken e) {
            return e.line();
        }
    }

    private PhotoRecord record(JsonNode photo) throws Broken {
        String id = PhotoFields.matching(PhotoFields.NUMBER, text(photo, "id"), Reason.BAD_ID, "id");
        String owner = PhotoFields.matching(PhotoFields.NSID, text(photo, "owner"), Reason.BAD_OWNER, "owner's NSID");
        // Where nobody knows, Flickr says when it was uploaded.
        boolean undated = text(photo, "datetakenunknown").equals("1");
        LocalDateTime taken = undated ? null : PhotoFields.taken(text(photo, "datetaken"));
        // Nowhere is 0, 0 with an accuracy of 0.
        Integer accuracy = PhotoFields.accuracy(text(photo, "accuracy"));
        boolean placed = accuracy != null && accuracy > 0;
        Double longitude = placed ? PhotoFields.degrees(text(photo, "longitude"), 180, "longitude") : null;
        Double latitude = placed ? PhotoFields.degrees(text(photo, "latitude"), 90, "latitude") : null;
        if ((longitude == null) != (latitude == null)) {
            throw PhotoFields.broken(
                    Reason.BAD_PLACE,
                    "longitude without latitude",
                    text(photo, "longitude") + ", " + text(photo, "latitude"));
        }
        return new PhotoRecord(
                Long.parseLong(id),
                null,
                owner,
                text(photo, "ownername"),
                text(photo, "title"),
                taken,
                PhotoFields.uploaded(text(photo, "dateupload")),
                words(photo, "tags"),
                words(photo, "machine_tags"),
                longitude,
                latitude,
                placed ? accuracy : null,
                PAGES + owner + "/" + id + "/",
                url(photo),
                licence(photo),
                text(photo, "media").equals("video"));
    }

    private static String text(JsonNode photo, String field) {
        JsonNode value = photo.path(field);
        if (value.isFloatingPointNumber() && Double.isFinite(value.doubleValue())) {
            return value.decimalValue().toPlainString();
        }
        // As older answers have titles.
        return (value.isObject() ? value.path("_content") : value).asText("");
    }

    private static List<String> words(JsonNode photo, String field) {
        return Arrays.stream(text(photo, field).split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private String url(JsonNode photo) throws Broken {
        Optional<String> url = sizes.stream()
                .map(size -> text(photo, "url_" + size))
                .filter(text -> !text.isEmpty())
                .findFirst();
        if (url.isEmpty()) {
            throw new Broken(new BrokenLine(
                    Reason.NO_URL, "Flickr gives no URL of the photo in the sizes " + String.join(", ", sizes)));
        }
        return PhotoFields.matching(PhotoFields.URL, url.get(), Reason.BAD_URL, "URL");
    }

    private FlickrLicence licence(JsonNode photo) throws Broken {
        String id = text(photo, "license");
        return licences.stream()
                .filter(known -> id.equals(String.valueOf(known)))
                .findFirst()
                .flatMap(FlickrLicence::of)
                .orElseThrow(() -> PhotoFields.broken(Reason.UNKNOWN_LICENCE, "licence", id));
    }
}
