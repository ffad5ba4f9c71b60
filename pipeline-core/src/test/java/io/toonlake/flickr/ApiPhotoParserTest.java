package io.toonlake.flickr;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.toonlake.flickr.BrokenLine.Reason;
import io.toonlake.licence.FlickrLicence;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiPhotoParserTest {
    /** As Flickr answers; what is said in it is made up. */
    private static final String PHOTO = """
            {"id":"6325727670","owner":"61048402@N08","secret":"01a3b2c4d5","server":"6217","farm":7,"title":"Caf\\u00e9 & fog\\n50%",
            "ispublic":1,"isfriend":0,"isfamily":0,"license":"2","dateupload":"1320751886","datetaken":"2011-11-07 07:20:22",
            "datetakengranularity":0,"datetakenunknown":"0","ownername":"Indigo Skies","latitude":"47.622562","longitude":"-122.288368",
            "accuracy":"15","context":0,"tags":"fog  blackandwhite","machine_tags":"uploaded:by=instagram","media":"photo",
            "url_o":"https://live.staticflickr.com/6217/6325727670_a5_o.jpg","height_o":3000,"width_o":4000,
            "url_c":"https://live.staticflickr.com/6217/6325727670_01_c.jpg","height_c":600,"width_c":"800"}""".replace("\n", " ");

    private final ApiPhotoParser parser = new ApiPhotoParser(List.of("l", "o", "c"), List.of(1, 2, 4));

    private static ObjectNode photo() {
        try {
            return (ObjectNode) new ObjectMapper().readTree(PHOTO);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private PhotoRecord record(ObjectNode photo) {
        PhotoLine line = parser.parse(photo.toString());
        assertThat(line).isInstanceOf(PhotoRecord.class);
        return (PhotoRecord) line;
    }

    @Test
    void aPhotoIsRead() {
        assertThat(parser.parse(PHOTO))
                .isEqualTo(new PhotoRecord(
                        6325727670L,
                        null,
                        "61048402@N08",
                        "Indigo Skies",
                        "Café & fog\n50%",
                        LocalDateTime.of(2011, 11, 7, 7, 20, 22),
                        Instant.ofEpochSecond(1320751886),
                        List.of("fog", "blackandwhite"),
                        List.of("uploaded:by=instagram"),
                        -122.288368,
                        47.622562,
                        15,
                        "https://www.flickr.com/photos/61048402@N08/6325727670/",
                        "https://live.staticflickr.com/6217/6325727670_a5_o.jpg",
                        FlickrLicence.BY_NC_2_0,
                        false));
    }

    @Test
    void numbersMayBeNumbersOrTexts() {
        ObjectNode photo = photo();
        photo.put("id", 6325727670L)
                .put("license", 2)
                .put("dateupload", 1320751886)
                .put("datetakenunknown", 0)
                .put("latitude", 47.622562)
                .put("longitude", -122.288368)
                .put("accuracy", 15);

        assertThat(parser.parse(photo.toString())).isEqualTo(parser.parse(PHOTO));
        assertThat(record(photo().put("latitude", 0.00001)).latitude()).isEqualTo(0.00001);
    }

    @Test
    void nowhereAndNeverAreUnknown() {
        PhotoRecord nowhere =
                record(photo().put("latitude", 0).put("longitude", 0).put("accuracy", 0));
        assertThat(nowhere.latitude()).isNull();
        assertThat(nowhere.longitude()).isNull();
        assertThat(nowhere.accuracy()).isNull();
        ObjectNode silent = photo();
        silent.remove(List.of("latitude", "longitude", "accuracy", "tags", "machine_tags", "ownername", "title"));
        assertThat(record(silent).latitude()).isNull();
        assertThat(record(silent).tags()).isEmpty();
        assertThat(record(silent).title()).isEmpty();
        assertThat(record(photo().put("datetakenunknown", "1")).taken()).isNull();
        assertThat(record(photo().put("datetaken", "0000-00-00 00:00:00")).taken())
                .isNull();
    }

    @Test
    void theFirstSizeThatThereIsIsTaken() {
        ObjectNode photo = photo().put("url_l", "https://live.staticflickr.com/6217/6325727670_01_b.jpg");
        assertThat(record(photo).sourceUrl()).endsWith("_b.jpg");
        photo.remove(List.of("url_l", "url_o"));
        assertThat(record(photo).sourceUrl()).endsWith("_c.jpg");
        photo.remove("url_c");
        assertThat(parser.parse(photo.toString()))
                .isEqualTo(new BrokenLine(Reason.NO_URL, "Flickr gives no URL of the photo in the sizes l, o, c"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            id         | x12                  | BAD_ID          | Invalid id: x12
            owner      | somebody             | BAD_OWNER       | Invalid owner's NSID: somebody
            datetaken  | 2011-02-30 07:20:22  | BAD_DATE        | Invalid date taken: 2011-02-30 07:20:22
            dateupload | yesterday            | BAD_DATE        | Invalid date uploaded: yesterday
            latitude   | 91                   | BAD_PLACE       | Invalid latitude: 91
            latitude   | ''                   | BAD_PLACE       | Invalid longitude without latitude: -122.288368,
            accuracy   | 17                   | BAD_PLACE       | Invalid accuracy: 17
            url_o      | ftp://x/y            | BAD_URL         | Invalid URL: ftp://x/y
            license    | 17                   | UNKNOWN_LICENCE | Invalid licence: 17
            license    | 5                    | UNKNOWN_LICENCE | Invalid licence: 5
            license    | ''                   | UNKNOWN_LICENCE | Invalid licence:
            """)
    void whatIsWrongIsNamed(String field, String value, Reason reason, String message) {
        assertThat(parser.parse(photo().put(field, value).toString()))
                .isInstanceOfSatisfying(BrokenLine.class, line -> {
                    assertThat(line.reason()).isEqualTo(reason);
                    assertThat(line.message().strip()).isEqualTo(message);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "7", "\"x\"", "{\"id\":\"1\"", "{", "6325727670\t61048402@N08"})
    void whatIsNoPhotoIsBroken(String line) {
        assertThat(parser.parse(line))
                .isInstanceOfSatisfying(
                        BrokenLine.class, broken -> assertThat(broken.reason()).isEqualTo(Reason.BAD_LAYOUT));
    }

    @Test
    void videosAreTold() {
        assertThat(record(photo().put("media", "video")).video()).isTrue();
    }

    @Test
    void damageNeverThrows() {
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder line = new StringBuilder(PHOTO);
            for (int j = 0; j <= random.nextInt(3); j++) {
                int at = random.nextInt(line.length());
                switch (random.nextInt(3)) {
                    case 0 -> line.setCharAt(at, (char) random.nextInt(0x180));
                    case 1 -> line.delete(at, Math.min(line.length(), at + 1 + random.nextInt(20)));
                    default -> line.insert(at, line.substring(at, Math.min(line.length(), at + random.nextInt(30))));
                }
            }
            assertThat(parser.parse(line.toString())).isNotNull();
        }
    }
}
