package io.toonlake.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * Stands between S3A and an S3, hands requests on byte by byte (they are signed), keeps a log of them, and does to some what networks and
 * stores do. One request a connection, which HTTP allows and S3A takes as it comes.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    /**
     * @param path decoded, bucket first
     * @param query as it was sent
     * @param headers by lower-case name
     */
    public record Request(String method, String path, String query, Map<String, String> headers) {
        public boolean is(String itsMethod, String pathEnd) {
            return method.equals(itsMethod) && path.endsWith(pathEnd);
        }

        @Override
        public String toString() {
            return method + " " + path + (query.isEmpty() ? "" : "?" + query);
        }
    }

    /** What becomes of a request. */
    public sealed interface Fate {
        /** It is handed on. */
        record Pass() implements Fate {}

        /** It is answered here, as S3 answers errors. */
        record Refuse(int status, String code) implements Fate {}

        /** It gets no answer, and the connection stays. */
        record Stall() implements Fate {}

        /** The connection is reset. */
        record Reset() implements Fate {}

        /** The answer's header comes whole, of the body only so many bytes. */
        record Truncate(int bytes) implements Fate {}

        /** The answer comes whole and says that it is shorter than it was. */
        record Shorten(int bytes) implements Fate {}
    }

    private final URI server;
    private final ServerSocket socket;
    private final List<Request> log = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private volatile Function<Request, Fate> fates = request -> new Fate.Pass();

    public FaultProxy(URI server) throws IOException {
        this.server = server;
        this.socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        start("fault-proxy", this::accept);
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    /** From now on. Called from several threads. */
    public void fates(Function<Request, Fate> next) {
        fates = next;
    }

    public void pass() {
        fates(request -> new Fate.Pass());
    }

    /** All requests so far. */
    public List<Request> log() {
        return List.copyOf(log);
    }

    public void forget() {
        log.clear();
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                open.add(client);
                start("fault-proxy-request", () -> serve(client));
            } catch (IOException e) {
                // Closed, or a client that has left.
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            List<String> head = head(client.getInputStream());
            if (head.isEmpty()) {
                return;
            }
            Request request = request(head);
            log.add(request);
            Fate fate = fates.apply(request);
            if (fate instanceof Fate.Stall) {
                client.getInputStream().transferTo(OutputStream.nullOutputStream()); // Until the client leaves.
            } else if (fate instanceof Fate.Reset) {
                client.setSoLinger(true, 0);
            } else {
                answer(client, head, request, fate);
            }
        } catch (IOException e) {
            // As it goes with connections.
        } finally {
            open.remove(client);
        }
    }

    private void answer(Socket client, List<String> head, Request request, Fate fate) throws IOException {
        OutputStream out = client.getOutputStream();
        if ("100-continue".equalsIgnoreCase(request.headers().get("expect"))) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        long length = Long.parseLong(request.headers().getOrDefault("content-length", "0"));
        if (fate instanceof Fate.Refuse refusal) {
            copy(client.getInputStream(), OutputStream.nullOutputStream(), length);
            out.write(error(request, refusal));
            out.flush();
            return;
        }
        try (Socket upstream = new Socket(server.getHost(), server.getPort())) {
            StringBuilder sent = new StringBuilder();
            for (String line : head) {
                String lower = line.toLowerCase(Locale.ROOT);
                if (!lower.startsWith("expect:") && !lower.startsWith("connection:")) {
                    sent.append(line).append("\r\n");
                }
            }
            upstream.getOutputStream()
                    .write(sent.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            copy(client.getInputStream(), upstream.getOutputStream(), length);
            upstream.getOutputStream().flush();
            List<String> answer = head(upstream.getInputStream());
            int body = -1;
            if (fate instanceof Fate.Truncate truncation) {
                body = truncation.bytes();
            } else if (fate instanceof Fate.Shorten shortening) {
                body = shortening.bytes();
                answer.replaceAll(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:")
                        ? "Content-Length: " + shortening.bytes()
                        : line);
            }
            out.write((String.join("\r\n", answer) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            if (body >= 0) {
                out.write(upstream.getInputStream().readNBytes(body));
            } else {
                upstream.getInputStream().transferTo(out);
            }
            out.flush();
        }
    }

    private static byte[] error(Request request, Fate.Refuse refusal) {
        String xml = request.method().equals("HEAD")
                ? ""
                : "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + refusal.code() + "</Code><Message>"
                        + refusal.code() + "</Message><RequestId>1</RequestId></Error>";
        return ("HTTP/1.1 " + refusal.status() + " " + refusal.code()
                        + "\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: " + xml.length()
                        + "\r\n\r\n" + xml)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Request request(List<String> head) {
        String[] line = head.get(0).split(" ");
        int mark = line[1].indexOf('?');
        String path = mark < 0 ? line[1] : line[1].substring(0, mark);
        Map<String, String> headers = new TreeMap<>();
        for (String header : head.subList(1, head.size())) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        return new Request(
                line[0],
                URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8),
                mark < 0 ? "" : line[1].substring(mark + 1),
                headers);
    }

    /** The lines up to the empty one; none where the connection ended. */
    private static List<String> head(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next != '\n') {
                line.write(next);
                continue;
            }
            String text = line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
            line.reset();
            if (text.isEmpty()) {
                return lines;
            }
            lines.add(text);
        }
        return List.of();
    }

    private static void copy(InputStream in, OutputStream out, long length) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (long left = length; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                throw new IOException("The client left in the middle of its request");
            }
            out.write(buffer, 0, read);
            left -= read;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
            for (Socket client : open) {
                client.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
