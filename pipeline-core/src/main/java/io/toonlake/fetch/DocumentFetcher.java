package io.toonlake.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;

/**
 * Asks a service for what programs tell programs, such as JSON, with the same care as for images. Whether and when to ask again is the caller's, who knows
 * what the service's answers mean.
 */
public final class DocumentFetcher implements AutoCloseable {
    private static final String ACCEPT = "application/json, */*;q=0.1";

    /**
     * An answer of any status.
     *
     * @param retryAfter how long to wait before the next request, where the service asks for it
     */
    public record Document(int status, Optional<Duration> retryAfter, byte[] body) {}

    private final long maxBytes;
    private final CheckedClient client;

    /** @param maxBytes of a document; below 2 GiB */
    public DocumentFetcher(FetchSettings settings, long maxBytes) {
        this.maxBytes = maxBytes;
        this.client = new CheckedClient(settings);
    }

    /**
     * Asks once.
     *
     * @throws IOException where there is no whole answer in time, it is too large, or the address is none that may be asked. Its message never has the
     *     URL's query, in which there may be a secret.
     */
    public Document get(URI uri) throws IOException {
        return client.get(uri, ACCEPT, this::document);
    }

    private Document document(ClassicHttpResponse response) throws IOException {
        return new Document(
                response.getCode(),
                RetryAfter.parse(CheckedClient.header(response, HttpHeaders.RETRY_AFTER), Instant.now()),
                body(response.getEntity()));
    }

    private byte[] body(HttpEntity entity) throws IOException {
        if (entity == null) {
            return new byte[0];
        }
        InputStream in = entity.getContent();
        byte[] body = in.readNBytes((int) (maxBytes + 1));
        if (body.length > maxBytes) {
            throw new IOException("answered more than " + maxBytes + " bytes");
        }
        return body;
    }

    @Override
    public void close() {
        client.close();
    }
}
