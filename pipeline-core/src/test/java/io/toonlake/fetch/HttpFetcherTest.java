package io.toonlake.fetch;

import static io.toonlake.fetch.PhotoServer.head;
import static io.toonlake.fetch.PhotoServer.ok;
import static io.toonlake.fetch.PhotoServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.fetch.PhotoServer.Reply;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpFetcherTest {
    private static final byte[] PHOTO = new byte[5000];

    static {
        Arrays.fill(PHOTO, (byte) 7);
    }

    private static ImageUrl url(String text) {
        return ImageUrl.of(text).orElseThrow();
    }

    private static Answer answer(Reply reply) {
        return answer(reply, FetchSettingsFixture.settings());
    }

    private static Answer answer(Reply reply, FetchSettings settings) {
        try (PhotoServer server = new PhotoServer(request -> reply);
                HttpFetcher fetcher = new HttpFetcher(settings)) {
            return fetcher.get(url(server.url("/photo.jpg")));
        }
    }

    private static void assertRefused(Answer answer, FetchReason reason, String message) {
        assertThat(answer).isEqualTo(new Answer.Refused(reason, message));
        assertThat(reason.isLasting()).isTrue();
    }

    private static Answer.Failed assertFailed(Answer answer, FetchReason reason) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Failed.class,
                        failed ->
                                assertThat(failed.reason()).as(failed.message()).isEqualTo(reason));
        assertThat(reason.isLasting()).isFalse();
        return (Answer.Failed) answer;
    }

    private static void assertImage(Answer answer, byte[] bytes) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Image.class, image -> assertThat(image.bytes()).isEqualTo(bytes));
    }

    @Test
    void anImageComesWholeAndWeSayWhoWeAre() {
        try (PhotoServer server = new PhotoServer(request -> ok(PHOTO, "Content-Type: image/jpeg"));
                HttpFetcher fetcher = new HttpFetcher(FetchSettingsFixture.settings())) {
            for (int i = 0; i < 5; i++) {
                assertImage(fetcher.get(url(server.url("/a b.jpg?x=1"))), PHOTO);
            }
            assertThat(server.targets()).hasSize(5).containsOnly("/a%20b.jpg?x=1");
            assertThat(server.connections()).as("a connection is used again").isEqualTo(1);
            assertThat(server.requests().get(0).headers())
                    .containsEntry("user-agent", "toonlake/test (+you@example.org)")
                    .doesNotContainKeys("cookie", "referer", "accept-encoding", "upgrade");
        }
    }

    @Test
    void anImageMayComeInChunksOrUntilTheConnectionEnds() {
        assertImage(
                answer(out -> {
                    out.write(head(200, "Transfer-Encoding: chunked"));
                    out.write("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                    return true;
                }),
                "abcde".getBytes(StandardCharsets.ISO_8859_1));
        assertImage(
                answer(out -> {
                    out.write(head(200, ""));
                    out.write(PHOTO);
                    return false;
                }),
                PHOTO);
    }

    @ParameterizedTest
    @CsvSource({
        "404, GONE",
        "410, GONE",
        "401, FORBIDDEN",
        "403, FORBIDDEN",
        "400, BAD_ANSWER",
        "204, BAD_ANSWER",
        "304, BAD_ANSWER"
    })
    void whatIsAnsweredForGoodIsRefused(int status, FetchReason reason) {
        assertThat(answer(
                        status == 204 || status == 304
                                ? out -> {
                                    out.write(head(status, ""));
                                    return true;
                                }
                                : status(status, "no".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOfSatisfying(Answer.Refused.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(reason);
                    assertThat(refused.message()).startsWith("answered " + status);
                });
    }

    @Test
    void legalReasonsAreATakeDown() {
        assertRefused(answer(status(451)), FetchReason.TAKEN_DOWN, "answered 451, unavailable for legal reasons");
    }

    @Test
    void aBusyServerIsAskedAgainWhenItSays() {
        Answer.Failed limited = assertFailed(answer(status(429, "Retry-After: 7")), FetchReason.RATE_LIMITED);
        assertThat(limited.retryAfter()).hasValue(Duration.ofSeconds(7));
        assertThat(assertFailed(
                                answer(status(503, "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT")),
                                FetchReason.RATE_LIMITED)
                        .retryAfter())
                .hasValue(Duration.ZERO);
        assertThat(assertFailed(answer(status(503)), FetchReason.FETCH_FAILED).retryAfter())
                .isEqualTo(Optional.empty());
        assertFailed(answer(status(500)), FetchReason.FETCH_FAILED);
        assertFailed(answer(status(408)), FetchReason.FETCH_FAILED);
    }

    @Test
    void whoOptsOutIsLeftInPeace() {
        assertRefused(
                answer(ok(PHOTO, "X-Robots-Tag: all", "X-Robots-Tag: nofollow, NoImageAI")),
                FetchReason.OPTED_OUT,
                "its server says X-Robots-Tag: noimageai");
        assertImage(answer(ok(PHOTO, "X-Robots-Tag: otherbot: noai")), PHOTO);
    }

    @Test
    void aPageIsNoImage() {
        assertRefused(
                answer(ok(PHOTO, "Content-Type: text/html; charset=utf-8")),
                FetchReason.NOT_AN_IMAGE,
                "is text/html, its server says");
        assertImage(answer(ok(PHOTO, "Content-Type: application/octet-stream")), PHOTO);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/photo_unavailable.png",
                "https://s.yimg.com/pw/images/en-us/photo_unavailable.png",
                "http://combo.staticflickr.com/pw/images/photo_unavailable_l.gif?x=1"
            })
    void flickrsPlaceholderIsATakeDown(String location) {
        assertThat(answer(status(302, "Location: " + location)))
                .isInstanceOfSatisfying(Answer.Refused.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(FetchReason.TAKEN_DOWN);
                    assertThat(refused.message())
                            .startsWith("redirects to http")
                            .contains("photo_unavailable");
                });
    }

    @Test
    void thePlaceholderIsKnownByItsUrlAndByItsContentToo() {
        try (PhotoServer server = new PhotoServer(request -> ok(PHOTO));
                HttpFetcher fetcher = new HttpFetcher(FetchSettingsFixture.settings())) {
            assertRefused(
                    fetcher.get(url(server.url("/images/photo_unavailable.gif"))),
                    FetchReason.TAKEN_DOWN,
                    "is Flickr's picture for photos that are unavailable");
            assertThat(server.targets()).isEmpty();
        }
        assertRefused(
                answer(ok("placeholder".getBytes(StandardCharsets.UTF_8))),
                FetchReason.TAKEN_DOWN,
                "is a picture that stands for photos that were taken down");
    }

    @Test
    void redirectsAreToldAndNotFollowed() {
        assertThat(answer(status(301, "Location: https://live.staticflickr.com/5/x.jpg")))
                .isEqualTo(new Answer.Moved(url("https://live.staticflickr.com/5/x.jpg")));
        assertRefused(
                answer(status(302, "Location: file:///etc/passwd")),
                FetchReason.BAD_URL,
                "redirects to file:///etc/passwd, which is no http(s) URL");
        assertRefused(
                answer(status(302, "Location: http://me:secret@a.example/x")),
                FetchReason.BAD_URL,
                "redirects to http://***@a.example/x, which is no http(s) URL");
        assertRefused(answer(status(302)), FetchReason.BAD_ANSWER, "answered 302 without a Location");
    }

    @Test
    void whatIsTooLargeIsNotRead() {
        assertRefused(
                answer(out -> {
                    out.write(head(200, "Content-Length: 10001"));
                    out.flush();
                    Thread.sleep(60_000);
                    return false;
                }),
                FetchReason.TOO_MANY_BYTES,
                "10001 bytes, more than the 10000 that are allowed");
        assertImage(answer(ok(new byte[10_000])), new byte[10_000]);
    }

    @Test
    void anEndlessBodyIsCutOff() {
        for (String length : List.of("", "Transfer-Encoding: chunked")) {
            byte[] piece = length.isEmpty()
                    ? new byte[4096]
                    : ("1000\r\n" + "x".repeat(4096) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
            assertThat(answer(out -> {
                        out.write(head(200, length));
                        while (true) {
                            out.write(piece);
                        }
                    }))
                    .isInstanceOfSatisfying(
                            Answer.Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(FetchReason.TOO_MANY_BYTES));
        }
    }

    @Test
    void aBodyThatEndsTooSoonHasFailed() {
        Reply cut = out -> {
            out.write(head(200, "Content-Length: 5000"));
            out.write(PHOTO, 0, 1234);
            return false;
        };
        assertFailed(answer(cut), FetchReason.FETCH_FAILED);
        assertFailed(
                answer(out -> {
                    out.write(head(200, "Transfer-Encoding: chunked"));
                    out.write("10\r\nabc".getBytes(StandardCharsets.ISO_8859_1));
                    return false;
                }),
                FetchReason.FETCH_FAILED);
        assertFailed(answer(ok(new byte[0])), FetchReason.FETCH_FAILED);
        assertFailed(answer(out -> false), FetchReason.FETCH_FAILED);
    }

    @Test
    void aBodyLongerThanItsLengthSpoilsNoOther() {
        Deque<Reply> replies = new ArrayDeque<>();
        replies.add(out -> {
            out.write(head(200, "Content-Length: 100"));
            out.write(PHOTO);
            return true;
        });
        try (PhotoServer server = new PhotoServer(request -> replies.isEmpty() ? ok(PHOTO) : replies.pop());
                HttpFetcher fetcher = new HttpFetcher(FetchSettingsFixture.settings())) {
            assertImage(fetcher.get(url(server.url("/1"))), Arrays.copyOf(PHOTO, 100));
            Answer second = fetcher.get(url(server.url("/2")));
            if (!(second instanceof Answer.Image)) { // What was left over is no answer, and its connection is dropped.
                assertThat(second).isInstanceOf(Answer.Failed.class);
                second = fetcher.get(url(server.url("/2")));
            }
            assertImage(second, PHOTO);
        }
    }

    @Test
    void whatDoesNotComeInTimeIsCutOff() {
        Answer.Failed silent = assertFailed(
                answer(out -> {
                    Thread.sleep(60_000);
                    return false;
                }),
                FetchReason.TIMED_OUT);
        assertThat(silent.message()).isNotEmpty();
        Reply headerByHeader = out -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.ISO_8859_1));
            for (int i = 0; i < 100; i++) {
                out.write(("X-" + i + ": y\r\n").getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                Thread.sleep(200);
            }
            return false;
        };
        assertThat(assertFailed(answer(headerByHeader), FetchReason.TIMED_OUT).message())
                .isEqualTo("not here after 1.5 s");
        Reply byteByByte = out -> {
            out.write(head(200, "Content-Length: 5000"));
            for (int i = 0; i < 100; i++) {
                out.write(7);
                out.flush();
                Thread.sleep(200);
            }
            return false;
        };
        assertThat(assertFailed(answer(byteByByte), FetchReason.TIMED_OUT).message())
                .isEqualTo("not here after 1.5 s");
    }

    @Test
    void aHostThatNobodyKnowsHasFailed() {
        try (HttpFetcher fetcher = new HttpFetcher(FetchSettingsFixture.settings(), host -> {
            throw new UnknownHostException(host);
        })) {
            assertThat(assertFailed(fetcher.get(url("http://photos.invalid/x.jpg")), FetchReason.UNKNOWN_HOST)
                            .message())
                    .isEqualTo("no such host");
        }
    }

    @Test
    void aServerThatIsNotThereHasFailed() throws Exception {
        int port;
        try (PhotoServer server = new PhotoServer(request -> ok(PHOTO))) {
            port = server.port();
        }
        try (HttpFetcher fetcher = new HttpFetcher(FetchSettingsFixture.settings())) {
            assertFailed(fetcher.get(url("http://localhost:" + port + "/x")), FetchReason.FETCH_FAILED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "169.254.169.254", "0.0.0.0", "172.20.1.1"})
    void addressesThatAreNotPublicAreNotConnectedTo(String address) {
        try (HttpFetcher fetcher = new HttpFetcher(FetchSettingsFixture.settings())) {
            assertThat(fetcher.get(url("http://" + address + "/latest/meta-data/x.jpg")))
                    .isInstanceOfSatisfying(Answer.Refused.class, refused -> {
                        assertThat(refused.reason()).isEqualTo(FetchReason.REFUSED_ADDRESS);
                        assertThat(refused.message()).startsWith("address " + address + " of " + address + " is ");
                    });
        }
    }

    @Test
    void theAddressThatWasCheckedIsTheOneThatIsConnectedTo() {
        try (PhotoServer server = new PhotoServer(request -> ok(PHOTO))) {
            // A name that no name server knows: who reached the server got there by our look-up's address, and by no
            // other.
            Deque<byte[]> says = new ArrayDeque<>(List.of(new byte[] {127, 0, 0, 1}, new byte[] {10, 0, 0, 1}));
            CheckedDns.LookUp rebinding = host -> new InetAddress[] {InetAddress.getByAddress(host, says.pop())};
            try (HttpFetcher fetcher = new HttpFetcher(FetchSettingsFixture.settings(), rebinding)) {
                assertImage(fetcher.get(url("http://photos.invalid:" + server.port() + "/x")), PHOTO);
                assertThat(says).as("one look-up, one connection").hasSize(1);
            }
            assertThat(server.requests().get(0).headers()).containsEntry("host", "photos.invalid:" + server.port());
            try (HttpFetcher fetcher = new HttpFetcher(FetchSettingsFixture.settings(), rebinding)) {
                assertRefused(
                        fetcher.get(url("http://photos.invalid:" + server.port() + "/x")),
                        FetchReason.REFUSED_ADDRESS,
                        "address 10.0.0.1 of photos.invalid is private");
            }
            assertThat(server.requests()).hasSize(1);
        }
    }
}
