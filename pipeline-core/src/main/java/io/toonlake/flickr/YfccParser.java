package io.toonlake.flickr;

import io.toonlake.flickr.BrokenLine.Reason;
import io.toonlake.flickr.PhotoFields.Broken;
import io.toonlake.licence.FlickrLicence;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads lines of YFCC100M's metadata: columns with tabs between, texts URL-encoded with + for a space. There are two layouts.
 *
 * <ul>
 *   <li>23 columns: id, owner's NSID, owner's nickname, date taken ({@code 2005-03-01 12:39:28.0}), date uploaded (seconds since 1970), device,
 *       title, description, user tags, machine tags, longitude, latitude, accuracy, page URL, download URL, licence name, licence URL, server,
 *       farm, secret, original secret, extension, marker (0 photo, 1 video).
 *   <li>25 columns: a line number before the id and a hash after it.
 * </ul>
 *
 * <p>Device, description and what only Flickr's servers need (server, farm, secrets, extension) are not looked at. An empty column, or the word
 * {@code null} in one that is no text, means unknown.
 */
public final class YfccParser implements PhotoParser {
    private static final long serialVersionUID = 1L;

    private static final int COLUMNS = 23;
    private static final int COLUMNS_WITH_HASH = 25;

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{32}");

    @Override
    public PhotoLine parse(String line) {
        String[] columns = line.split("\t", -1);
        try {
            if (columns.length == COLUMNS) {
                return record(columns[0], null, columns, 1);
            }
            if (columns.length == COLUMNS_WITH_HASH
                    && PhotoFields.NUMBER.matcher(columns[0]).matches()) {
                return record(columns[1], columns[2], columns, 3);
            }
        } catch (Broken e) {
            return e.line();
        }
        return new BrokenLine(
                Reason.BAD_LAYOUT,
                columns.length == COLUMNS_WITH_HASH
                        ? "25 columns, of which the first is no line number: " + PhotoFields.shown(columns[0])
                        : columns.length + " columns, not 23, or 25 with line number and hash");
    }

    /** @param first index of the owner's NSID, from which on the layouts are the same */
    private static PhotoRecord record(String id, String hash, String[] columns, int first) throws Broken {
        long photo = Long.parseLong(PhotoFields.matching(PhotoFields.NUMBER, id, Reason.BAD_ID, "id"));
        String key = PhotoFields.unknown(hash) ? null : PhotoFields.matching(HASH, hash, Reason.BAD_HASH, "hash");
        String owner = PhotoFields.matching(PhotoFields.NSID, columns[first], Reason.BAD_OWNER, "owner's NSID");
        String ownerName = decoded(columns[first + 1], "owner's nickname");
        String title = decoded(columns[first + 5], "title");
        List<String> tags = decodedTags(columns[first + 7], "user tags");
        List<String> machineTags = decodedTags(columns[first + 8], "machine tags");
        LocalDateTime taken = PhotoFields.taken(decoded(columns[first + 2], "date taken"));
        Instant uploaded = PhotoFields.uploaded(columns[first + 3]);
        Double longitude = PhotoFields.degrees(columns[first + 9], 180, "longitude");
        Double latitude = PhotoFields.degrees(columns[first + 10], 90, "latitude");
        if ((longitude == null) != (latitude == null)) {
            throw PhotoFields.broken(
                    Reason.BAD_PLACE, "longitude without latitude", columns[first + 9] + ", " + columns[first + 10]);
        }
        Integer accuracy = PhotoFields.accuracy(columns[first + 11]);
        String page = PhotoFields.matching(PhotoFields.URL, columns[first + 12], Reason.BAD_URL, "page URL");
        String source = PhotoFields.matching(PhotoFields.URL, columns[first + 13], Reason.BAD_URL, "download URL");
        FlickrLicence licence = FlickrLicence.named(decoded(columns[first + 14], "licence name"), columns[first + 15])
                .orElseThrow(() -> PhotoFields.broken(
                        Reason.UNKNOWN_LICENCE, "licence", columns[first + 14] + ", " + columns[first + 15]));
        String marker = columns[first + 21];
        if (!marker.equals("0") && !marker.equals("1")) {
            throw PhotoFields.broken(Reason.BAD_MARKER, "marker", marker);
        }
        return new PhotoRecord(
                photo,
                key,
                owner,
                ownerName,
                title,
                taken,
                uploaded,
                tags,
                machineTags,
                longitude,
                latitude,
                accuracy,
                page,
                source,
                licence,
                marker.equals("1"));
    }

    /** Bytes that are no UTF-8 become U+FFFD: a photo is not lost for a letter of its title. */
    private static String decoded(String column, String what) throws Broken {
        try {
            return URLDecoder.decode(column, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw PhotoFields.broken(Reason.BAD_ENCODING, what, column);
        }
    }

    private static List<String> decodedTags(String column, String what) throws Broken {
        if (column.isEmpty()) {
            return List.of();
        }
        // A comma within a tag is encoded.
        String[] tags = column.split(",");
        for (int i = 0; i < tags.length; i++) {
            tags[i] = decoded(tags[i], what);
        }
        return Arrays.stream(tags).filter(tag -> !tag.isBlank()).toList();
    }
}
