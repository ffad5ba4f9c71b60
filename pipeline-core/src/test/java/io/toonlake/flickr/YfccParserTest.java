package io.toonlake.flickr;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.flickr.BrokenLine.Reason;
import io.toonlake.licence.FlickrLicence;
import io.toonlake.testing.Fuzz;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YfccParserTest {
    private static final String HASH = "0123456789abcdef0123456789abcdef";

    /** Columns as in the published files; what is said in them is made up. */
    private static final List<String> COLUMNS = List.of(
            "6325727670",
            "61048402@N08",
            "Indigo+Skies",
            "2011-11-07 07:20:22.0",
            "1320751886",
            "NIKON+D90",
            "Caf%C3%A9+%26+fog%2C+50%25",
            "A+scene.%0A%0AEnjoy%21",
            "b%26w,black+and+white,fog",
            "geo:lat%3D51.5,uploaded:by%3Dinstagram",
            "-122.288368",
            "47.622562",
            "15",
            "http://www.flickr.com/photos/61048402@N08/6325727670/",
            "http://farm7.staticflickr.com/6217/6325727670_01a3b2c4d5.jpg",
            "Attribution-NonCommercial License",
            "http://creativecommons.org/licenses/by-nc/2.0/",
            "6217",
            "7",
            "01a3b2c4d5",
            "a5b4c3d2e1",
            "jpg",
            "0");

    private final YfccParser parser = new YfccParser();

    private static String line(List<String> columns) {
        return String.join("\t", columns);
    }

    private static List<String> with(int column, String value) {
        List<String> changed = new ArrayList<>(COLUMNS);
        changed.set(column, value);
        return changed;
    }

    private static List<String> numbered(List<String> columns, String number, String hash) {
        List<String> more = new ArrayList<>(columns);
        more.add(0, number);
        more.add(2, hash);
        return more;
    }

    @Test
    void theLayoutOf23ColumnsIsRead() {
        assertThat(parser.parse(line(COLUMNS)))
                .isEqualTo(new PhotoRecord(
                        6325727670L,
                        null,
                        "61048402@N08",
                        "Indigo Skies",
                        "Café & fog, 50%",
                        LocalDateTime.of(2011, 11, 7, 7, 20, 22),
                        Instant.ofEpochSecond(1320751886),
                        List.of("b&w", "black and white", "fog"),
                        List.of("geo:lat=51.5", "uploaded:by=instagram"),
                        -122.288368,
                        47.622562,
                        15,
                        "http://www.flickr.com/photos/61048402@N08/6325727670/",
                        "http://farm7.staticflickr.com/6217/6325727670_01a3b2c4d5.jpg",
                        FlickrLicence.BY_NC_2_0,
                        false));
    }

    @Test
    void theLayoutOf25ColumnsHasTheHashBesides() {
        PhotoRecord plain = (PhotoRecord) parser.parse(line(COLUMNS));
        PhotoRecord numbered = (PhotoRecord) parser.parse(line(numbered(COLUMNS, "17", HASH)));

        assertThat(numbered.hash()).isEqualTo(HASH);
        assertThat(numbered).usingRecursiveComparison().ignoringFields("hash").isEqualTo(plain);
    }

    @Test
    void whatIsUnknownIsNull() {
        List<String> columns = new ArrayList<>(COLUMNS);
        for (int column : new int[] {2, 4, 6, 7, 8, 9, 10, 11, 12}) {
            columns.set(column, "");
        }
        columns.set(3, "null");

        PhotoRecord record = (PhotoRecord) parser.parse(line(columns));

        assertThat(record.taken()).isNull();
        assertThat(record.uploaded()).isNull();
        assertThat(record.longitude()).isNull();
        assertThat(record.latitude()).isNull();
        assertThat(record.accuracy()).isNull();
        assertThat(record.title()).isEmpty();
        assertThat(record.ownerName()).isEmpty();
        assertThat(record.tags()).isEmpty();
        assertThat(record.machineTags()).isEmpty();
        assertThat(((PhotoRecord) parser.parse(line(with(3, "0000-00-00 00:00:00")))).taken())
                .isNull();
        assertThat(((PhotoRecord) parser.parse(line(numbered(COLUMNS, "1", "")))).hash())
                .isNull();
    }

    @Test
    void videosAreMarked() {
        assertThat(((PhotoRecord) parser.parse(line(with(22, "1")))).video()).isTrue();
    }

    @Test
    void bytesThatAreNoUtf8CostALetterAndNotThePhoto() {
        assertThat(((PhotoRecord) parser.parse(line(with(6, "Caf%E9+noir")))).title())
                .isEqualTo("Caf\uFFFD noir");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
             0 | x1                              | BAD_ID          | Invalid id: x1
             0 | ''                              | BAD_ID          | Invalid id:
             0 | 1234567890123456789             | BAD_ID          | Invalid id: 1234567890123456789
             1 | somebody                        | BAD_OWNER       | Invalid owner's NSID: somebody
             2 | 100%                            | BAD_ENCODING    | Invalid owner's nickname: 100%
             6 | %zz                             | BAD_ENCODING    | Invalid title: %zz
             8 | fine,not%2                      | BAD_ENCODING    | Invalid user tags: not%2
             9 | %                               | BAD_ENCODING    | Invalid machine tags: %
             3 | yesterday                       | BAD_DATE        | Invalid date taken: yesterday
             3 | 2011-02-30 07:20:22.0           | BAD_DATE        | Invalid date taken: 2011-02-30 07:20:22.0
             4 | 1320751886000                   | BAD_DATE        | Invalid date uploaded: 1320751886000
             4 | -1                              | BAD_DATE        | Invalid date uploaded: -1
            10 | 180.5                           | BAD_PLACE       | Invalid longitude: 180.5
            10 | NaN                             | BAD_PLACE       | Invalid longitude: NaN
            10 | ''                              | BAD_PLACE       | Invalid longitude without latitude: , 47.622562
            11 | -91                             | BAD_PLACE       | Invalid latitude: -91
            12 | 17                              | BAD_PLACE       | Invalid accuracy: 17
            13 | www.flickr.com/photos/1         | BAD_URL         | Invalid page URL: www.flickr.com/photos/1
            14 | ''                              | BAD_URL         | Invalid download URL:
            15 | Beerware                        | UNKNOWN_LICENCE | Invalid licence: Beerware, http://creativecommons.org/licenses/by-nc/2.0/
            16 | http://example.org/             | UNKNOWN_LICENCE | Invalid licence: Attribution-NonCommercial License, http://example.org/
            22 | 2                               | BAD_MARKER      | Invalid marker: 2
            22 | ''                              | BAD_MARKER      | Invalid marker:
            """)
    void aBrokenColumnIsNamed(int column, String value, Reason reason, String message) {
        for (List<String> columns : List.of(with(column, value), numbered(with(column, value), "5", HASH))) {
            BrokenLine broken = (BrokenLine) parser.parse(line(columns));

            assertThat(broken.reason()).isEqualTo(reason);
            assertThat(broken.message().strip()).isEqualTo(message);
        }
    }

    @Test
    void linesOfOtherLayoutsAreBroken() {
        assertThat(parser.parse(""))
                .isEqualTo(new BrokenLine(Reason.BAD_LAYOUT, "1 columns, not 23, or 25 with line number and hash"));
        assertThat(((BrokenLine) parser.parse(line(COLUMNS.subList(0, 22)))).reason())
                .isEqualTo(Reason.BAD_LAYOUT);
        assertThat(((BrokenLine) parser.parse(line(COLUMNS) + "\t")).reason()).isEqualTo(Reason.BAD_LAYOUT);
        assertThat(((BrokenLine) parser.parse(line(numbered(COLUMNS, "first", HASH)))).message())
                .isEqualTo("25 columns, of which the first is no line number: first");
        assertThat(((BrokenLine) parser.parse(line(numbered(COLUMNS, "1", "0123")))).reason())
                .isEqualTo(Reason.BAD_HASH);
    }

    @Test
    void messagesStayShort() {
        assertThat(((BrokenLine) parser.parse(line(with(0, "x".repeat(5000))))).message())
                .hasSizeLessThan(100);
    }

    /** Cut, spliced, overwritten and filled with noise. */
    private static String damaged(boolean numbered, Random random) {
        String alphabet = "\t%+,:/-.0123456789abcdefNZ \u0000\u00e9\ud83d\udc1f\ud800null";
        StringBuilder line = new StringBuilder(numbered ? line(numbered(COLUMNS, "17", HASH)) : line(COLUMNS));
        for (int change = random.nextInt(4); change >= 0; change--) {
            int at = random.nextInt(line.length() + 1);
            int end = Math.min(line.length(), at + random.nextInt(12));
            switch (random.nextInt(5)) {
                case 0 -> line.setLength(at);
                case 1 -> line.delete(at, end);
                case 2 -> line.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
                case 3 -> line.insert(at, line.substring(at, end));
                default -> line.replace(at, end, String.valueOf(alphabet.charAt(random.nextInt(alphabet.length()))));
            }
        }
        return line.toString();
    }

    @Test
    @Timeout(300)
    void aLineThatNobodyHasTriedDoesNotMakeItThrowEither() {
        Fuzz.run(
                "metadata",
                "line.tsv",
                random -> damaged(random.nextBoolean(), random).getBytes(StandardCharsets.UTF_8),
                file -> assertThat(parser.parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8)))
                        .isNotNull());
    }

    /** The seed is fixed, so a failure comes again. */
    @Test
    @Timeout(60)
    void noLineMakesItThrow() {
        Random random = new Random(20161);
        Set<Reason> seen = EnumSet.noneOf(Reason.class);
        int records = 0;
        for (int i = 0; i < 30_000; i++) {
            if (parser.parse(damaged(i % 2 == 0, random)) instanceof BrokenLine broken) {
                seen.add(broken.reason());
            } else {
                records++;
            }
        }
        assertThat(seen)
                .as("the others are of Flickr's search")
                .isEqualTo(EnumSet.complementOf(EnumSet.of(Reason.NO_URL, Reason.TOO_DENSE)));
        assertThat(records).isPositive();
    }
}
