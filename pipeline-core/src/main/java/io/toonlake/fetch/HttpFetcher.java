package io.toonlake.fetch;

import static io.toonlake.fetch.FetchReason.BAD_ANSWER;
import static io.toonlake.fetch.FetchReason.BAD_URL;
import static io.toonlake.fetch.FetchReason.FETCH_FAILED;
import static io.toonlake.fetch.FetchReason.FORBIDDEN;
import static io.toonlake.fetch.FetchReason.GONE;
import static io.toonlake.fetch.FetchReason.NOT_AN_IMAGE;
import static io.toonlake.fetch.FetchReason.OPTED_OUT;
import static io.toonlake.fetch.FetchReason.RATE_LIMITED;
import static io.toonlake.fetch.FetchReason.REFUSED_ADDRESS;
import static io.toonlake.fetch.FetchReason.TAKEN_DOWN;
import static io.toonlake.fetch.FetchReason.TIMED_OUT;
import static io.toonlake.fetch.FetchReason.TOO_MANY_BYTES;
import static io.toonlake.fetch.FetchReason.UNKNOWN_HOST;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;

/** Asks for images by HTTP. Redirects are told, not followed. */
final class HttpFetcher implements Fetcher, AutoCloseable {
    private static final String ACCEPT = "image/jpeg, image/png, image/webp, image/tiff, image/bmp, */*;q=0.1";

    /** What no server calls an image: pages and programs' data. Names that say nothing, such as octet-stream, say nothing against it. */
    private static final Pattern NO_IMAGE =
            Pattern.compile("(text/.*|application/(json|xml|xhtml\\+xml|pdf|javascript|zip)|(audio|video)/.*)");

    /** Of an answer without an image, so much is read, so that its connection can be used again. */
    private static final int DISCARDED_BYTES = 64 << 10;

    private final FetchSettings settings;
    private final Placeholder placeholder;
    private final CheckedClient client;
    private final Bodies bodies;

    HttpFetcher(FetchSettings settings) {
        this(settings, InetAddress::getAllByName);
    }

    HttpFetcher(FetchSettings settings, CheckedDns.LookUp lookUp) {
        this.settings = settings;
        this.placeholder = new Placeholder(settings.placeholders());
        this.client = new CheckedClient(settings, lookUp);
        this.bodies = Bodies.of(settings);
    }

    @Override
    public Answer get(ImageUrl url) {
        if (placeholder.is(url)) {
            return takenDown("is Flickr's picture for photos that are unavailable");
        }
        try {
            return client.get(url.uri(), ACCEPT, response -> answer(url, response));
        } catch (IOException e) {
            return failed(e);
        }
    }

    private static Answer failed(IOException problem) {
        if (problem instanceof RefusedAddressException refused) {
            return new Answer.Refused(REFUSED_ADDRESS, refused.getMessage());
        }
        if (problem instanceof UnknownHostException) {
            return new Answer.Failed(UNKNOWN_HOST, "no such host");
        }
        String message = problem.getMessage() == null ? problem.getClass().getSimpleName() : problem.getMessage();
        return new Answer.Failed(problem instanceof InterruptedIOException ? TIMED_OUT : FETCH_FAILED, message);
    }

    private Answer answer(ImageUrl url, ClassicHttpResponse response) throws IOException {
        int status = response.getCode();
        Answer answer =
                status / 100 == 2 || status / 100 == 3 ? optedOut(response).orElse(null) : null;
        if (answer == null && status == 200) {
            return image(response);
        }
        if (answer == null) {
            answer = switch (status) {
                case 301, 302, 303, 307, 308 -> moved(url, response);
                case 404, 410 -> new Answer.Refused(GONE, "answered " + status);
                case 451 -> takenDown("answered 451, unavailable for legal reasons");
                case 401, 402, 403, 407 -> new Answer.Refused(FORBIDDEN, "answered " + status);
                case 408, 425, 429 -> busy(response);
                default ->
                    status >= 500
                            ? busy(response)
                            : new Answer.Refused(BAD_ANSWER, "answered " + status + ", which is no image");
            };
        }
        discard(response.getEntity());
        return answer;
    }

    private Optional<Answer> optedOut(ClassicHttpResponse response) {
        List<String> tags = Arrays.stream(response.getHeaders("X-Robots-Tag"))
                .map(Header::getValue)
                .filter(value -> value != null)
                .toList();
        return RobotsTag.optOut(tags, settings.optOutDirectives())
                .map(directive -> new Answer.Refused(OPTED_OUT, "its server says X-Robots-Tag: " + directive));
    }

    private Answer moved(ImageUrl url, ClassicHttpResponse response) {
        String location = CheckedClient.header(response, HttpHeaders.LOCATION);
        if (location == null) {
            return new Answer.Refused(BAD_ANSWER, "answered " + response.getCode() + " without a Location");
        }
        return url.resolve(location)
                .<Answer>map(target ->
                        placeholder.is(target) ? takenDown("redirects to " + target) : new Answer.Moved(target))
                .orElseGet(() -> new Answer.Refused(
                        BAD_URL, "redirects to " + withoutPassword(location) + ", which is no http(s) URL"));
    }

    private static String withoutPassword(String location) {
        return location.replaceFirst("//[^/@]*@", "//***@");
    }

    private static Answer takenDown(String message) {
        return new Answer.Refused(TAKEN_DOWN, message);
    }

    private static Answer busy(ClassicHttpResponse response) {
        Optional<Duration> wait =
                RetryAfter.parse(CheckedClient.header(response, HttpHeaders.RETRY_AFTER), Instant.now());
        boolean limited = response.getCode() == 429 || wait.isPresent();
        return new Answer.Failed(limited ? RATE_LIMITED : FETCH_FAILED, "answered " + response.getCode(), wait);
    }

    private Answer image(ClassicHttpResponse response) throws IOException {
        HttpEntity entity = response.getEntity();
        String type = entity == null || entity.getContentType() == null ? "" : entity.getContentType();
        String kind = type.toLowerCase(Locale.ROOT).split(";")[0].strip();
        if (NO_IMAGE.matcher(kind).matches()) {
            discard(entity);
            return new Answer.Refused(NOT_AN_IMAGE, "is " + kind + ", its server says");
        }
        if (entity != null && entity.getContentLength() > settings.maxBytes()) {
            return tooMany(entity.getContentLength() + " bytes");
        }
        byte[] bytes = entity == null ? new byte[0] : bodies.read(entity.getContent());
        if (bytes.length > settings.maxBytes()) {
            return tooMany("more than " + settings.maxBytes() + " bytes");
        }
        if (bytes.length == 0) {
            return new Answer.Failed(FETCH_FAILED, "answered 200 without a byte");
        }
        return placeholder.is(bytes)
                ? takenDown("is a picture that stands for photos that were taken down")
                : new Answer.Image(bytes);
    }

    private Answer tooMany(String what) {
        return new Answer.Refused(
                TOO_MANY_BYTES, what + ", more than the " + settings.maxBytes() + " that are allowed");
    }

    private static void discard(HttpEntity entity) {
        if (entity == null) {
            return;
        }
        try {
            entity.getContent().readNBytes(DISCARDED_BYTES);
        } catch (IOException e) {
            // The answer is known; only its connection is lost.
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
