package io.toonlake.fetch;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** An HTTP server on this machine that answers as it is told, byte by byte where need be, and keeps a log. */
public final class PhotoServer implements AutoCloseable {
    /**
     * @param target path and query as they were sent
     * @param headers by lower-case name
     */
    public record Request(String target, Map<String, String> headers) {}

    /** An answer. What it throws, and its end where it says so, closes the connection. */
    public interface Reply {
        /** Returns whether the connection can be used again. */
        boolean send(OutputStream out) throws IOException, InterruptedException;
    }

    private final ServerSocket socket;
    private final Function<Request, Reply> replies;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger working = new AtomicInteger();
    private final AtomicInteger mostWorking = new AtomicInteger();

    public PhotoServer(Function<Request, Reply> replies) {
        this.replies = replies;
        try {
            socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "photo server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                open.add(client);
                connections.incrementAndGet();
                start(() -> serve(client));
            } catch (IOException e) {
                return; // Closed.
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            boolean goOn = true;
            while (goOn) {
                String first = line(in);
                if (first.isEmpty()) {
                    return;
                }
                Map<String, String> headers = new TreeMap<>();
                for (String header = line(in); !header.isEmpty(); header = line(in)) {
                    int colon = header.indexOf(':');
                    headers.put(
                            header.substring(0, colon).toLowerCase(Locale.ROOT),
                            header.substring(colon + 1).strip());
                }
                Request request = new Request(first.split(" ")[1], headers);
                mostWorking.accumulateAndGet(working.incrementAndGet(), Math::max);
                requests.add(request);
                try {
                    goOn = replies.apply(request).send(client.getOutputStream());
                } finally {
                    working.decrementAndGet();
                }
            }
        } catch (IOException | InterruptedException e) {
            // Whoever asked has hung up, as clients of such a server do.
        } finally {
            open.remove(client);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int read = in.read(); read >= 0 && read != '\n'; read = in.read()) {
            if (read != '\r') {
                line.append((char) read);
            }
        }
        return line.toString();
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** @param path with a slash first */
    public String url(String path) {
        return "http://localhost:" + port() + path;
    }

    public List<Request> requests() {
        return requests;
    }

    /** What was asked for, in order. */
    public List<String> targets() {
        return requests.stream().map(Request::target).toList();
    }

    public int connections() {
        return connections.get();
    }

    /** Requests that were being answered at the same time, at most. */
    public int mostAtATime() {
        return mostWorking.get();
    }

    public static Reply ok(byte[] image, String... headers) {
        return status(200, image, headers);
    }

    public static Reply status(int status, String... headers) {
        return status(status, new byte[0], headers);
    }

    public static Reply status(int status, byte[] body, String... headers) {
        return out -> {
            out.write(head(status, "Content-Length: " + body.length, headers));
            out.write(body);
            out.flush();
            return true;
        };
    }

    /** Status and headers, with the empty line. */
    public static byte[] head(int status, String length, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Whatever\r\n");
        if (!length.isEmpty()) {
            head.append(length).append("\r\n");
        }
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
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
