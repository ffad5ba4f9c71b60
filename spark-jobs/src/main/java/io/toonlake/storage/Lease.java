package io.toonlake.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write to a folder, which one run has at a time and keeps as long as it shows signs of life. It takes nothing of the store but that a
 * written file is listed at once, as on S3, which knows no locks, and needs no two machines' clocks to agree.
 *
 * <p>Every run that wants the folder writes a file of its own, and again and again while it lives. One that finds itself alone after
 * writing holds the folder: of two, the later to look sees the other. A run that meets a holder waits until it sees that one write again, and leaves; or
 * until it has not written for the lease's duration by the store's own clock, and takes its place. On one machine a look at the process says
 * as much at once.
 */
public final class Lease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EXTENSION = ".json";
    private static final long MAX_BYTES = 64 << 10;

    /** Renewals within a duration, so that two may fail. */
    private static final int RENEWALS = 3;

    /** Looks at another's file within a duration: more often than it is renewed. */
    private static final int LOOKS = 8;

    private final Storage storage;
    private final Path folder;
    private final Path file;
    private final String run;
    private final String job;
    private final Instant since = Instant.now();
    private final Duration duration;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "lease");
        thread.setDaemon(true);
        return thread;
    });
    private final Runnable releaseAtExit = this::close;

    private boolean held;
    private boolean closed;
    private boolean taken;
    private long writtenNanos;

    private Lease(Storage storage, Path folder, String run, String job, Duration duration) {
        this.storage = storage;
        this.folder = folder;
        this.file = new Path(folder, run + EXTENSION);
        this.run = run;
        this.job = job;
        this.duration = duration;
    }

    /**
     * Takes the folder's lease; waits up to its duration where a run that holds it may be dead.
     *
     * @param folder for the files of those who want it, made if missing; nothing else belongs there
     * @param run the run's id, unlike any other's
     * @param job its name, for those who meet it
     * @param duration how long a run that shows no sign of life still holds it; the same for all
     * @throws HeldException where another run holds it
     * @throws UnreachableException where the store does not answer
     */
    public static Lease take(Storage storage, Path folder, String run, String job, Duration duration) {
        Lease lease = new Lease(storage, folder, run, job, duration);
        boolean taken = false;
        try {
            lease.contend();
            taken = true;
            return lease;
        } catch (IOException e) {
            throw new UnreachableException(
                    "Cannot take the lease in " + Storage.shown(folder) + ": " + Storage.reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnreachableException("Cannot take the lease in " + Storage.shown(folder) + ": interrupted", e);
        } finally {
            if (!taken) {
                lease.close();
            }
        }
    }

    /**
     * Asks that the lease is still this run's, before a write that two runs must not make.
     *
     * @throws HeldException where it was lost: the store has not taken a renewal for its duration, or another run found it so
     */
    public void check() {
        try {
            boolean there = storage.fileSystem(file).exists(file);
            synchronized (this) {
                if (there && !taken && System.nanoTime() - writtenNanos < duration.toNanos()) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new UnreachableException("Cannot read " + Storage.shown(file) + ": " + Storage.reason(e), e);
        }
        throw new HeldException("Lost the lease in " + Storage.shown(folder) + ", for it was not renewed for "
                + duration.toSeconds() + " s; another run may hold it. What was committed stands; run again.");
    }

    private void contend() throws IOException, InterruptedException {
        long seenModified = -1;
        String seen = "";
        while (true) {
            write();
            List<FileStatus> others = others();
            if (others.isEmpty()) {
                hold();
                return;
            }
            FileStatus other = others.get(0);
            JsonNode holder = holder(other);
            long now = storage.fileSystem(file).getFileStatus(file).getModificationTime();
            Life life = life(holder);
            if (life == Life.OVER || now - other.getModificationTime() > duration.toMillis()) {
                LOG.info(
                        "The lease of {} is taken over: it shows no sign of life",
                        holder.path("run").asText());
                storage.fileSystem(other.getPath()).delete(other.getPath(), false);
                continue;
            }
            boolean holds = holder.path("held").asBoolean();
            boolean renewed = other.getPath().getName().equals(seen) && other.getModificationTime() != seenModified;
            if (holds && (life == Life.SURE || renewed)) {
                throw new HeldException(said(holder));
            }
            if (!holds && file.getName().compareTo(other.getPath().getName()) > 0) {
                // Of two that want it, one must step back; this one's next look finds a holder or nobody.
                deleteOwn();
            }
            seen = other.getPath().getName();
            seenModified = other.getModificationTime();
            Thread.sleep(duration.toMillis() / LOOKS);
        }
    }

    private String said(JsonNode holder) {
        return "Cannot write to %s: %s %s on %s (process %d) holds it since %s. Wait for it to end; if it dies, its lease ends %d s later."
                .formatted(
                        Storage.shown(folder.getParent()),
                        holder.path("job").asText(),
                        holder.path("run").asText(),
                        holder.path("host").asText(),
                        holder.path("process").asLong(),
                        holder.path("since").asText(),
                        duration.toSeconds());
    }

    private synchronized void hold() throws IOException {
        held = true;
        write();
        long every = duration.toMillis() / RENEWALS;
        clock.scheduleAtFixedRate(this::renew, every, every, TimeUnit.MILLISECONDS);
        // Before the file systems are closed.
        ShutdownHookManager.get().addShutdownHook(releaseAtExit, FileSystem.SHUTDOWN_HOOK_PRIORITY + 1);
    }

    private synchronized void renew() {
        if (closed || taken) {
            return;
        }
        try {
            if (storage.fileSystem(file).exists(file)) {
                write();
            } else {
                taken = true;
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("Cannot renew the lease {}: {}", Storage.shown(file), e.getMessage());
        }
    }

    /** Counted from before the write: that is when others may begin to count at the latest. */
    private synchronized void write() throws IOException {
        long before = System.nanoTime();
        storage.write(
                file,
                JSON.writeValueAsBytes(Map.of(
                        "run",
                        run,
                        "job",
                        job,
                        "host",
                        host(),
                        "process",
                        ProcessHandle.current().pid(),
                        "started",
                        started(ProcessHandle.current()),
                        "since",
                        since.toString(),
                        "held",
                        held)));
        writtenNanos = before;
    }

    /** Others' files, holders first. */
    private List<FileStatus> others() throws IOException {
        FileStatus[] all = storage.fileSystem(folder).listStatus(folder);
        return Arrays.stream(all)
                .filter(status -> status.getPath().getName().endsWith(EXTENSION))
                .filter(status -> !status.getPath().getName().equals(file.getName()))
                .sorted(Comparator.comparing(
                        status -> !holder(status).path("held").asBoolean()))
                .toList();
    }

    /** What a file says; nothing where it is gone, or no JSON. */
    private JsonNode holder(FileStatus status) {
        try {
            return Objects.requireNonNullElseGet(
                    JSON.readTree(storage.read(status.getPath(), MAX_BYTES)), JSON::createObjectNode);
        } catch (IOException e) {
            return JSON.createObjectNode();
        }
    }

    private enum Life {
        SURE,
        UNKNOWN,
        OVER
    }

    private static Life life(JsonNode holder) {
        if (!holder.path("host").asText().equals(host())) {
            return Life.UNKNOWN;
        }
        return ProcessHandle.of(holder.path("process").asLong())
                        .filter(process ->
                                started(process).equals(holder.path("started").asText()))
                        .isPresent()
                ? Life.SURE
                : Life.OVER;
    }

    /** A process number is given again; with its start it is unlike any other. */
    private static String started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("");
    }

    /** The machine, and on Linux the container's processes, which two containers of one name do not share. */
    private static String host() {
        String name;
        try {
            name = InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            name = "unknown";
        }
        try {
            return name + " " + Files.readSymbolicLink(java.nio.file.Path.of("/proc/self/ns/pid"));
        } catch (IOException | UnsupportedOperationException e) {
            return name;
        }
    }

    private void deleteOwn() {
        try {
            storage.fileSystem(file).delete(file, false);
        } catch (FileNotFoundException e) {
            // Nothing to give back.
        } catch (IOException | RuntimeException e) {
            LOG.warn("Cannot give back the lease {}: {}; it ends by itself", Storage.shown(file), e.getMessage());
        }
    }

    /** Gives the folder back. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            clock.shutdownNow();
            if (!taken) {
                deleteOwn();
            }
        }
        if (held && !ShutdownHookManager.get().isShutdownInProgress()) {
            ShutdownHookManager.get().removeShutdownHook(releaseAtExit);
        }
    }
}
