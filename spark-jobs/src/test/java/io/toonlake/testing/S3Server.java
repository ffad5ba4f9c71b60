package io.toonlake.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** S3Proxy in a process of its own, on a free port of the loopback interface, with its objects in memory. */
public final class S3Server implements AutoCloseable {
    public static final String ACCESS_KEY = "AKIATOONLAKETESTS";
    /** To be looked for in everything a job leaves. */
    public static final String SECRET = "vErY+sEcReT/kEy0123456789";

    private static final Pattern STARTED = Pattern.compile("Started .*ServerConnector.*\\{127\\.0\\.0\\.1:(\\d+)}");

    private final Path folder;
    private final Process process;
    private final Thread end;
    private final int port;

    private S3Server(Path folder, Process process, int port) {
        this.folder = folder;
        this.process = process;
        this.port = port;
        this.end = new Thread(process::destroyForcibly, "s3proxy-end");
        Runtime.getRuntime().addShutdownHook(end);
    }

    static S3Server start() throws IOException {
        Path jar = Path.of("target", "s3proxy", "s3proxy.jar").toAbsolutePath();
        if (!Files.exists(jar)) {
            throw new IOException("Cannot find " + jar + ": run the tests by Maven once, which fetches it");
        }
        Path folder = Files.createTempDirectory("s3proxy");
        Path properties = folder.resolve("s3proxy.properties");
        Files.writeString(properties, """
                s3proxy.endpoint=http://127.0.0.1:0
                s3proxy.authorization=aws-v2-or-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                jclouds.provider=transient-nio2
                jclouds.identity=unused
                jclouds.credential=unused
                """.formatted(ACCESS_KEY, SECRET));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        jar.toString(),
                        "--properties",
                        properties.toString())
                .redirectErrorStream(true)
                .start();
        try {
            return new S3Server(folder, process, port(process));
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static int port(Process process) throws IOException {
        BufferedReader log =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            said.append(line).append('\n');
            Matcher started = STARTED.matcher(line);
            if (started.find()) {
                drain(log);
                return Integer.parseInt(started.group(1));
            }
        }
        throw new IOException("Cannot start S3Proxy:\n" + said);
    }

    /** A full pipe would stop the server. */
    private static void drain(BufferedReader log) {
        Thread reader = new Thread(
                () -> {
                    try {
                        while (log.readLine() != null) {
                            // Nothing in it is of use once the server is up.
                        }
                    } catch (IOException e) {
                        // The server has ended.
                    }
                },
                "s3proxy-log");
        reader.setDaemon(true);
        reader.start();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public void close() throws IOException {
        Runtime.getRuntime().removeShutdownHook(end);
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(folder.resolve("s3proxy.properties"));
        Files.deleteIfExists(folder);
    }
}
