package io.toonlake.flickr;

import static io.toonlake.flickr.PlayedFlickr.busy;
import static io.toonlake.flickr.PlayedFlickr.fail;
import static io.toonlake.flickr.PlayedFlickr.json;
import static io.toonlake.flickr.PlayedFlickr.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.toonlake.fetch.BackOff;
import io.toonlake.fetch.DocumentFetcher.Document;
import io.toonlake.fetch.FetchSettings;
import io.toonlake.flickr.FlickrException.Kind;
import io.toonlake.licence.FlickrLicence;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By a clock that moves only when somebody waits. */
class FlickrApiTest {
    private static final Map<String, String> SEARCH = Map.of(
            "min_upload_date", "0", "max_upload_date", "9", "page", "1", "per_page", "5", "text", "lake & hills");

    private final StoppedTime time = new StoppedTime();
    private final PlayedFlickr flickr = new PlayedFlickr(4000);
    private final List<Long> asked = new ArrayList<>();

    /** Three attempts; waits of 1 s, doubled up to 60 s. */
    static FetchSettings settings() {
        return new FetchSettings(
                "toonlake/test",
                0,
                1,
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                3,
                new BackOff(Duration.ofSeconds(1), Duration.ofSeconds(60)),
                Duration.ofSeconds(60),
                1,
                1,
                List.of(),
                List.of(),
                false);
    }

    static FlickrApi api(FlickrApi.Exchange exchange, PassingTime time, double perHour) {
        return new FlickrApi(
                URI.create("https://flickr.example/rest/"),
                new ApiKey(PlayedFlickr.KEY),
                settings(),
                exchange,
                new RequestPace(perHour, time),
                new SplittableRandom(1));
    }

    private FlickrApi api() {
        return api(
                uri -> {
                    asked.add(time.nanos());
                    return flickr.answer(uri);
                },
                time,
                0);
    }

    private JsonNode search() throws InterruptedException {
        return api().call("flickr.photos.search", SEARCH, "photos", "photo");
    }

    private FlickrException problem(FlickrApi api) {
        FlickrException problem = catchThrowableOfType(
                FlickrException.class, () -> api.call("flickr.photos.search", SEARCH, "photos", "photo"));
        assertThat(problem).as("a call that fails").isNotNull();
        return problem;
    }

    private Duration waited(int before) {
        return Duration.ofNanos(asked.get(before + 1) - asked.get(before));
    }

    @Test
    void aCallHasItsParametersTheKeyAndTheFormat() throws InterruptedException {
        search();

        assertThat(flickr.requests())
                .singleElement()
                .satisfies(request -> assertThat(request)
                        .containsAllEntriesOf(SEARCH)
                        .containsEntry("method", "flickr.photos.search")
                        .containsEntry("api_key", PlayedFlickr.KEY)
                        .containsEntry("format", "json")
                        .containsEntry("nojsoncallback", "1"));
    }

    @Test
    void whatPassesIsAskedForAgainAfterDoublingWaits() throws InterruptedException {
        flickr.photo(1, 5, 4, "https://live.example").put("title", "lake & hills");
        flickr.trouble(status(503), fail(105, "Service currently unavailable"));

        assertThat(search().get("photo")).hasSize(1);

        assertThat(asked).hasSize(3);
        assertThat(waited(0)).isBetween(Duration.ofMillis(500), Duration.ofMillis(1000));
        assertThat(waited(1)).isBetween(Duration.ofMillis(1000), Duration.ofMillis(2000));
    }

    @Test
    void patienceThatIsAskedForIsGiven() throws InterruptedException {
        flickr.trouble(busy(429, Duration.ofSeconds(30)), busy(503, Duration.ofSeconds(60)));

        search();

        assertThat(waited(0)).isEqualTo(Duration.ofSeconds(30));
        assertThat(waited(1)).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void tooMuchPatienceIsNot() {
        flickr.trouble(busy(429, Duration.ofSeconds(61)));

        FlickrException problem = problem(api());

        assertThat(problem.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(problem).hasMessage("answered 429 and asks to wait 61 s, longer than is waited");
        assertThat(asked).hasSize(1);
    }

    @Test
    void whatDoesNotPassEndsAfterTheLastAttempt() {
        flickr.trouble(status(500), status(500), status(500));

        FlickrException problem = problem(api());

        assertThat(problem.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(problem).hasMessage("answered 500, 3 times");
        assertThat(asked).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"stat\":\"ok\",\"photos\":{\"total\":\"7\",\"photo\":[{\"id\":",
                "<html>Bad gateway</html>",
                "{}",
                "[]",
                "null",
                "{\"stat\":\"ok\"}",
                "{\"stat\":\"ok\",\"photos\":{\"photo\":7}}",
                "jsonFlickrApi({\"stat\":\"ok\"})"
            })
    void anAnswerThatIsNoneIsAskedForAgain(String body) throws InterruptedException {
        flickr.trouble(json(body));
        search();
        assertThat(asked).hasSize(2);

        flickr.trouble(json(body), json(body), json(body));
        FlickrException problem = problem(api());
        assertThat(problem.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(problem).hasMessage("answered what is no photos in JSON, 3 times");
    }

    @Test
    void aKeyThatIsNoneIsSaidAtOnce() {
        flickr.trouble(fail(100, "Invalid API Key (Key not found)"));

        FlickrException problem = problem(api());

        assertThat(problem.kind()).isEqualTo(Kind.KEY);
        assertThat(problem).hasMessage("Invalid API Key (Key not found) (code 100)");
        assertThat(asked).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 11, 18, 111, 112, 116})
    void whatFlickrRefusesIsNotAskedForAgain(int code) {
        flickr.trouble(fail(code, "Bad URL found"));

        FlickrException problem = problem(api());

        assertThat(problem.kind()).isEqualTo(Kind.REFUSED);
        assertThat(problem).hasMessage("Bad URL found (code " + code + ")");
        assertThat(asked).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 403, 404})
    void aServiceThatIsNotTheApiIsUnavailable(int status) {
        flickr.trouble(status(status));

        FlickrException problem = problem(api());

        assertThat(problem.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(problem).hasMessage("answered " + status);
        assertThat(asked).hasSize(1);
    }

    @Test
    void noMessageHasTheKey() {
        List<Document> repeating =
                List.of(fail(100, "No key " + PlayedFlickr.KEY), fail(3, "api_key=" + PlayedFlickr.KEY + "&x"));
        for (Document document : repeating) {
            flickr.trouble(document);
            assertThat(problem(api())).message().contains("***").doesNotContain(PlayedFlickr.KEY);
        }
        FlickrApi cut = api(
                uri -> {
                    throw new IOException("cannot get " + uri);
                },
                time,
                0);
        FlickrException problem = problem(cut);
        assertThat(problem).message().startsWith("cannot get https://").doesNotContain(PlayedFlickr.KEY);
        assertThat(problem).hasNoCause();
        assertThat(new ApiKey(PlayedFlickr.KEY)).hasToString("***");
    }

    @Test
    void everyAttemptCountsAgainstThePace() throws InterruptedException {
        flickr.trouble(status(503));
        FlickrApi slow = api(
                uri -> {
                    asked.add(time.nanos());
                    return flickr.answer(uri);
                },
                time,
                3600);
        slow.call("flickr.photos.search", SEARCH, "photos", "photo");
        slow.call("flickr.photos.search", SEARCH, "photos", "photo");

        assertThat(slow.requests()).isEqualTo(3);
        assertThat(waited(0)).isEqualTo(Duration.ofSeconds(1));
        assertThat(waited(1)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void licencesAreThoseThatFlickrMeansAsWeDo() throws InterruptedException {
        assertThat(api().licences()).containsExactlyInAnyOrder(FlickrLicence.values());

        flickr.licence(17, "CC BY 5.0", "https://creativecommons.org/licenses/by/5.0/");
        flickr.licence(4, "CC BY 5.0", "https://creativecommons.org/licenses/by/5.0/");
        flickr.licence(5, null, null);
        flickr.licence(2, "CC BY-NC-ND 2.0", "https://creativecommons.org/licenses/by-nc-nd/2.0/");
        flickr.licence(0, "All Rights Reserved", "https://www.flickrhelp.com/hc/en-us/articles/10710266545556");
        assertThat(api().licences())
                .doesNotContain(FlickrLicence.BY_2_0, FlickrLicence.BY_SA_2_0, FlickrLicence.BY_NC_2_0)
                .contains(FlickrLicence.ALL_RIGHTS_RESERVED)
                .hasSize(FlickrLicence.values().length - 3);
    }

    @Test
    void theLicenceOfAPhotoIsAskedFor() throws InterruptedException {
        flickr.photo(7, 5, 12, "https://live.example");
        // Half an answer, and one about another photo.
        flickr.trouble(
                json("{\"stat\":\"ok\",\"photo\":{\"id\":\"7\"}}"),
                json("{\"stat\":\"ok\",\"photo\":{\"id\":\"8\",\"license\":\"4\"}}"));

        assertThat(api().licenceOf("7")).contains(12);
        assertThat(api().licenceOf("8")).isEmpty();

        assertThat(flickr.requests())
                .hasSize(4)
                .last()
                .satisfies(request -> assertThat(request)
                        .containsEntry("method", "flickr.photos.getInfo")
                        .containsEntry("photo_id", "8"));
        flickr.trouble(fail(2, "Permission denied"));
        assertThat(api().licenceOf("7")).as("a private one").isEmpty();
        flickr.trouble(fail(116, "Bad URL found"));
        assertThat(catchThrowableOfType(FlickrException.class, () -> api().licenceOf("7")))
                .hasMessage("Bad URL found (code 116)")
                .extracting(FlickrException::kind)
                .isEqualTo(Kind.REFUSED);
        // Of a search, the code of a photo that is gone means that it asks for too much.
        flickr.trouble(fail(1, "Too many tags in ALL query"));
        assertThat(problem(api()).kind()).isEqualTo(Kind.REFUSED);
    }
}
