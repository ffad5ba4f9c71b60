package io.toonlake.fetch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/**
 * HTTP as this room speaks it: to addresses that were checked, within a time. Redirects are told, not followed; proxies that the machine may have are not
 * used, since whom they connect to nobody here could check. What is not read to its end is cut off. Safe for use by several threads.
 */
final class CheckedClient implements AutoCloseable {
    /** Makes something of an answer while its connection is open. */
    interface Reading<T> {
        T read(ClassicHttpResponse response) throws IOException;
    }

    private final FetchSettings settings;
    private final CloseableHttpClient client;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "fetch clock");
        thread.setDaemon(true);
        return thread;
    });

    CheckedClient(FetchSettings settings) {
        this(settings, InetAddress::getAllByName);
    }

    CheckedClient(FetchSettings settings, CheckedDns.LookUp lookUp) {
        this.settings = settings;
        Timeout connect = Timeout.of(settings.connectTimeout());
        Timeout read = Timeout.of(settings.readTimeout());
        PoolingHttpClientConnectionManager connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(new CheckedDns(new AddressRule(settings.allowLoopback()), lookUp))
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(connect)
                        .setSocketTimeout(read)
                        .build())
                .setMaxConnPerRoute(settings.threads())
                .setMaxConnTotal(settings.threads())
                .build();
        this.client = HttpClients.custom()
                .setConnectionManager(connections)
                .setUserAgent(settings.userAgent())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(read)
                        .setProtocolUpgradeEnabled(false)
                        .build())
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                // So that a length is a length, and a few bytes do not unpack to gigabytes.
                .disableContentCompression()
                .build();
    }

    /**
     * Asks once.
     *
     * @throws OverdueException where it takes longer than {@link FetchSettings#totalTimeout}
     * @throws IOException where there is no answer, or {@code reading} throws it
     */
    <T> T get(URI uri, String accept, Reading<T> reading) throws IOException {
        HttpGet request = new HttpGet(uri);
        request.setHeader(HttpHeaders.ACCEPT, accept);
        AtomicBoolean overdue = new AtomicBoolean();
        Future<?> cutOff = clock.schedule(
                () -> {
                    overdue.set(true);
                    request.cancel();
                },
                settings.totalTimeout().toNanos(),
                TimeUnit.NANOSECONDS);
        try {
            ClassicHttpResponse response = client.executeOpen(null, request, null);
            try {
                return reading.read(response);
            } finally {
                // Closing alone would read what is left, however much that is.
                request.cancel();
                close(response);
            }
        } catch (IOException e) {
            if (overdue.get()) {
                throw new OverdueException(
                        "not here after " + settings.totalTimeout().toMillis() / 1000.0 + " s", e);
            }
            throw e;
        } finally {
            cutOff.cancel(false);
        }
    }

    private static void close(ClassicHttpResponse response) {
        try {
            response.close();
        } catch (IOException e) {
            // It was cut off, and what was wanted of it is there.
        }
    }

    /** The first header of that name, or null. */
    static String header(ClassicHttpResponse response, String name) {
        Header first = response.getFirstHeader(name);
        return first == null ? null : first.getValue();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        client.close(CloseMode.IMMEDIATE);
    }
}
