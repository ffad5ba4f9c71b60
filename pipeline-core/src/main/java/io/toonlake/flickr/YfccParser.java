package io.toonlake.flickr;

import io.toonlake.flickr.BrokenLine.Reason;
import io.toonlake.licence.FlickrLicence;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
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
public final class YfccParser {
    private static final int COLUMNS = 23;
    private static final int COLUMNS_WITH_HASH = 25;

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern NSID = Pattern.compile("[0-9]{1,18}@N[0-9]{2,3}");
    private static final Pattern TAKEN =
            Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?");
    /** How Flickr writes a date that nobody knows, apart from leaving it out. */
    private static final String ZERO_DATE = "0000-00-00 00:00:00";
    /** Up to the year 5138: what is longer are milliseconds. */
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,11}");

    private static final Pattern DEGREES = Pattern.compile("-?[0-9]{1,3}(\\.[0-9]{1,20})?");
    private static final Pattern ACCURACY = Pattern.compile("[0-9]|1[0-6]");
    private static final Pattern URL = Pattern.compile("https?://[^\\s/]+/\\S*");

    /** A message is for people; the whole line is kept beside it. */
    private static final int SHOWN = 60;

    /** Reads one line, without its end. Never throws: what cannot be read is a {@link BrokenLine}. */
    public YfccLine parse(String line) {
        String[] columns = line.split("\t", -1);
        try {
            if (columns.length == COLUMNS) {
                return record(columns[0], null, columns, 1);
            }
            if (columns.length == COLUMNS_WITH_HASH
                    && NUMBER.matcher(columns[0]).matches()) {
                return record(columns[1], columns[2], columns, 3);
            }
        } catch (Broken e) {
            return e.line;
        }
        return new BrokenLine(
                Reason.BAD_LAYOUT,
                columns.length == COLUMNS_WITH_HASH
                        ? "25 columns, of which the first is no line number: " + shown(columns[0])
                        : columns.length + " columns, not 23, or 25 with line number and hash");
    }

    /** @param first index of the owner's NSID, from which on the layouts are the same */
    private static YfccRecord record(String id, String hash, String[] columns, int first) throws Broken {
        long photo = Long.parseLong(matching(NUMBER, id, Reason.BAD_ID, "id"));
        String key = unknown(hash) ? null : matching(HASH, hash, Reason.BAD_HASH, "hash");
        String owner = matching(NSID, columns[first], Reason.BAD_OWNER, "owner's NSID");
        String ownerName = decoded(columns[first + 1], "owner's nickname");
        String title = decoded(columns[first + 5], "title");
        List<String> tags = decodedTags(columns[first + 7], "user tags");
        List<String> machineTags = decodedTags(columns[first + 8], "machine tags");
        LocalDateTime taken = taken(columns[first + 2]);
        Instant uploaded = uploaded(columns[first + 3]);
        Double longitude = degrees(columns[first + 9], 180, "longitude");
        Double latitude = degrees(columns[first + 10], 90, "latitude");
        if ((longitude == null) != (latitude == null)) {
            throw broken(
                    Reason.BAD_PLACE, "longitude without latitude", columns[first + 9] + ", " + columns[first + 10]);
        }
        Integer accuracy = unknown(columns[first + 11])
                ? null
                : Integer.valueOf(matching(ACCURACY, columns[first + 11], Reason.BAD_PLACE, "accuracy"));
        String page = matching(URL, columns[first + 12], Reason.BAD_URL, "page URL");
        String source = matching(URL, columns[first + 13], Reason.BAD_URL, "download URL");
        FlickrLicence licence = FlickrLicence.named(decoded(columns[first + 14], "licence name"), columns[first + 15])
                .orElseThrow(() ->
                        broken(Reason.UNKNOWN_LICENCE, "licence", columns[first + 14] + ", " + columns[first + 15]));
        String marker = columns[first + 21];
        if (!marker.equals("0") && !marker.equals("1")) {
            throw broken(Reason.BAD_MARKER, "marker", marker);
        }
        return new YfccRecord(
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

    private static boolean unknown(String column) {
        return column == null || column.isEmpty() || column.equals("null");
    }

    private static String matching(Pattern pattern, String column, Reason reason, String what) throws Broken {
        if (!pattern.matcher(column).matches()) {
            throw broken(reason, what, column);
        }
        return column;
    }

    /** Bytes that are no UTF-8 become U+FFFD: a photo is not lost for a letter of its title. */
    private static String decoded(String column, String what) throws Broken {
        try {
            return URLDecoder.decode(column, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw broken(Reason.BAD_ENCODING, what, column);
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

    private static LocalDateTime taken(String column) throws Broken {
        String date = decoded(column, "date taken");
        if (unknown(date) || date.startsWith(ZERO_DATE)) {
            return null;
        }
        try {
            return LocalDateTime.parse(
                    matching(TAKEN, date, Reason.BAD_DATE, "date taken").replace(' ', 'T'));
        } catch (DateTimeException e) {
            throw broken(Reason.BAD_DATE, "date taken", column);
        }
    }

    private static Instant uploaded(String column) throws Broken {
        return unknown(column)
                ? null
                : Instant.ofEpochSecond(Long.parseLong(matching(SECONDS, column, Reason.BAD_DATE, "date uploaded")));
    }

    private static Double degrees(String column, int most, String what) throws Broken {
        if (unknown(column)) {
            return null;
        }
        double degrees = Double.parseDouble(matching(DEGREES, column, Reason.BAD_PLACE, what));
        if (Math.abs(degrees) > most) {
            throw broken(Reason.BAD_PLACE, what, column);
        }
        return degrees;
    }

    private static Broken broken(Reason reason, String what, String column) {
        return new Broken(new BrokenLine(reason, "Invalid " + what + ": " + shown(column)));
    }

    private static String shown(String column) {
        return column.length() <= SHOWN ? column : column.substring(0, SHOWN) + "…";
    }

    /** Leads out of the middle of a record; among millions of lines a stack trace of each would be dear. */
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient BrokenLine line;

        Broken(BrokenLine line) {
            super(line.message(), null, false, false);
            this.line = line;
        }
    }
}
