package io.toonlake.fetch;

import static io.toonlake.fetch.PhotoServer.head;
import static io.toonlake.fetch.PhotoServer.ok;
import static io.toonlake.fetch.PhotoServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.fetch.DocumentFetcher.Document;
import io.toonlake.fetch.PhotoServer.Reply;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DocumentFetcherTest {
    private static final byte[] JSON = "{\"stat\":\"ok\"}".getBytes(StandardCharsets.UTF_8);
    private static final String SECRET = "?api_key=0123456789abcdef";

    private static Document get(Reply reply) throws IOException {
        try (PhotoServer server = new PhotoServer(request -> reply);
                DocumentFetcher fetcher = new DocumentFetcher(FetchSettingsFixture.settings(), 1000)) {
            return fetcher.get(URI.create(server.url("/rest/" + SECRET)));
        }
    }

    @Test
    void aDocumentComesWithItsStatusAndOverOneConnection() throws IOException {
        try (PhotoServer server = new PhotoServer(request -> ok(JSON, "Content-Type: application/json"));
                DocumentFetcher fetcher = new DocumentFetcher(FetchSettingsFixture.settings(), 1000)) {
            for (int i = 0; i < 3; i++) {
                Document document = fetcher.get(URI.create(server.url("/rest/?a=%26&b=" + i)));
                assertThat(document.status()).isEqualTo(200);
                assertThat(document.body()).isEqualTo(JSON);
                assertThat(document.retryAfter()).isEmpty();
            }
            assertThat(server.targets()).containsExactly("/rest/?a=%26&b=0", "/rest/?a=%26&b=1", "/rest/?a=%26&b=2");
            assertThat(server.connections()).isEqualTo(1);
            assertThat(server.requests().get(0).headers())
                    .containsEntry("user-agent", "toonlake/test (+you@example.org)")
                    .hasEntrySatisfying("accept", accept -> assertThat(accept).startsWith("application/json"));
        }
    }

    @Test
    void otherStatusesAndPatienceAreTold() throws IOException {
        Document busy = get(status(503, JSON, "Retry-After: 7"));
        assertThat(busy.status()).isEqualTo(503);
        assertThat(busy.retryAfter()).contains(Duration.ofSeconds(7));
        assertThat(busy.body()).isEqualTo(JSON);
        assertThat(get(status(302, "Location: /elsewhere")).status())
                .as("nobody follows")
                .isEqualTo(302);
    }

    @Test
    void whatIsTooLargeTooSlowOrCutOffIsNoDocument() {
        assertThatThrownBy(() -> get(ok(new byte[1001])))
                .isInstanceOf(IOException.class)
                .hasMessage("answered more than 1000 bytes");
        assertThatThrownBy(() -> get(out -> {
                    out.write(head(200, "Content-Length: 900"));
                    for (int i = 0; i < 900; i++) {
                        out.write('x');
                        out.flush();
                        Thread.sleep(100);
                    }
                    return true;
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("not here after 1.5 s");
        assertThatThrownBy(() -> get(out -> {
                    out.write(head(200, "Content-Length: 900"));
                    out.write(JSON);
                    return false;
                }))
                .isInstanceOf(IOException.class)
                .hasMessageNotContaining("api_key");
    }

    @Test
    void aServiceOnThisMachineIsAskedOnlyWhereThatIsAllowed() {
        FetchSettings settings = FetchSettingsFixture.settings();
        FetchSettings strict = new FetchSettings(
                settings.userAgent(),
                0,
                1,
                1,
                settings.connectTimeout(),
                settings.readTimeout(),
                settings.totalTimeout(),
                1,
                settings.backOff(),
                settings.maxWait(),
                1,
                1000,
                settings.optOutDirectives(),
                settings.placeholders(),
                false);
        try (PhotoServer server = new PhotoServer(request -> ok(JSON));
                DocumentFetcher fetcher = new DocumentFetcher(strict, 1000)) {
            assertThatThrownBy(() -> fetcher.get(URI.create(server.url("/rest/" + SECRET))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is loopback")
                    .hasMessageNotContaining("api_key");
            assertThat(server.targets()).isEmpty();
        }
    }
}
