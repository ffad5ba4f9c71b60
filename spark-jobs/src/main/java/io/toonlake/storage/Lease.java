package io.toonlake.storage;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    /** Below the output. */
    private static final String FOLDER = "_toonlake/leases";

    private static final String EXTENSION = ".json";
    private static final long MAX_BYTES = 64 << 10;

    private static final Duration RELEASE = Duration.ofSeconds(10);

    /** Renewals within a duration, so that two may fail. */
    private static final int RENEWALS = 3;

    /** Looks at another's file within a duration: more often than it is renewed. */
    private static final int LOOKS = 8;

    private static final Process OWN = Process.current();

    /**
     * What a file says.
     *
     * @param since when the run first asked, ISO 8601
     * @param held whether it has the folder, and is not only waiting for it
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Claim(String run, String job, String since, boolean held, Process process) {
        /** Of a file that is no JSON, or gone by now. */
        private static final Claim UNREADABLE = new Claim("?", "?", "?", false, new Process("?", "", -1, ""));
    }

    /**
     * @param host for people to read
     * @param kernel that the process number is one of: of the boot and the container; empty where there is no telling
     * @param started a process number is given again; with its start it is unlike any other
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Process(String host, String kernel, long pid, String started) {
        private static Process current() {
            ProcessHandle own = ProcessHandle.current();
            return new Process(hostName(), kernelId(), own.pid(), started(own));
        }

        private static String hostName() {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (IOException e) {
                return "unknown";
            }
        }

        /** Host names will not do: many machines are called localhost. */
        private static String kernelId() {
            try {
                return Files.readString(java.nio.file.Path.of("/proc/sys/kernel/random/boot_id"))
                                .strip() + " " + Files.readSymbolicLink(java.nio.file.Path.of("/proc/self/ns/pid"));
            } catch (IOException | UnsupportedOperationException e) {
                return "";
            }
        }

        /** In ticks since the machine was started, where it tells: Java's instant moves when the clock is set. */
        private static String started(ProcessHandle process) {
            try {
                String stat = Files.readString(java.nio.file.Path.of("/proc", String.valueOf(process.pid()), "stat"));
                // The name before may hold blanks and parentheses; this is field 22, and field 3 comes first.
                return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19];
            } catch (IOException | RuntimeException e) {
                return process.info().startInstant().map(Instant::toString).orElse("");
            }
        }

        /** Whether it runs; nothing where that cannot be seen from here. */
        private Optional<Boolean> runs() {
            if (kernel.isEmpty() || !kernel.equals(OWN.kernel)) {
                return Optional.empty();
            }
            if (started.matches("\\d+") != OWN.started.matches("\\d+")) {
                return Optional.empty(); // Of a release that told it otherwise.
            }
            return Optional.of(ProcessHandle.of(pid)
                    .filter(process -> started(process).equals(started))
                    .isPresent());
        }
    }

    /** Another's file. */
    private record Other(FileStatus status, Claim claim) {}

    private final Storage storage;
    private final Path output;
    private final Path folder;
    private final Path file;
    private final Claim claim;
    private final Duration duration;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "lease");
        thread.setDaemon(true);
        return thread;
    });
    private final Runnable releaseAtExit = this::close;

    private final AtomicBoolean closing = new AtomicBoolean();

    private final AtomicBoolean lossTold = new AtomicBoolean();

    private volatile Runnable whenLost = () -> {};
    private volatile boolean held;
    private boolean closed;
    private volatile boolean taken;
    private volatile long writtenNanos;

    private Lease(Storage storage, Path output, String run, String job, Duration duration) {
        this.storage = storage;
        this.output = output;
        this.folder = new Path(output, FOLDER);
        this.file = new Path(folder, run + EXTENSION);
        this.claim = new Claim(run, job, Instant.now().toString(), false, OWN);
        this.duration = duration;
    }

    /**
     * Takes the folder's lease; waits up to its duration where a run that holds it may be dead.
     *
     * @param output the folder that one run at a time writes to; made if missing
     * @param run the run's id, unlike any other's
     * @param job its name, for those who meet it
     * @param duration how long a run that shows no sign of life still holds it; the same for all
     * @throws HeldException where another run holds it
     * @throws UnreachableException where the store does not answer
     */
    public static Lease take(Storage storage, Path output, String run, String job, Duration duration) {
        Lease lease = new Lease(storage, output, run, job, duration);
        boolean taken = false;
        try {
            lease.contend();
            taken = true;
            return lease;
        } catch (IOException e) {
            throw new UnreachableException(
                    "Cannot take the lease of " + Storage.shown(output) + ": " + Storage.reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnreachableException("Cannot take the lease of " + Storage.shown(output) + ": interrupted", e);
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
                if (there && !taken && isFresh()) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new UnreachableException("Cannot read " + Storage.shown(file) + ": " + Storage.reason(e), e);
        }
        throw new HeldException("Lost the lease " + Storage.shown(file) + ": for " + duration.toSeconds()
                + " s the store did not take its renewal, or somebody deleted it; another run may hold it. What was committed "
                + "stands; run again.");
    }

    /**
     * Says what ends the work under way once the lease is lost: by itself it would go on until somebody {@linkplain #check() asks}.
     *
     * @param told called from another thread, or at once where it is lost already; must not wait, nor mind being called again
     */
    public void whenLost(Runnable told) {
        whenLost = told;
        if (lossTold.get()) {
            told.run();
        }
    }

    /**
     * Deletes what other runs were writing to the folder when they, or executors of theirs, were killed. Files younger than the lease's duration are
     * left: executors of a dead driver may live a moment longer, and so does a run that writes to a folder inside this one.
     *
     * @return how many
     */
    public long deleteLeftovers() {
        try {
            // By the store's own clock; a lost lease's file is gone.
            long now = storage.fileSystem(file).getFileStatus(file).getModificationTime();
            Leftovers leftovers = new Leftovers(storage, now - duration.toMillis());
            long deleted = leftovers.deleteBelow(output) + leftovers.deleteBelow(folder);
            if (deleted > 0) {
                LOG.info("Deleted {} unfinished files that killed runs had left", deleted);
            }
            return deleted;
        } catch (IOException e) {
            LOG.warn("Cannot look for unfinished files in {}: {}", Storage.shown(output), Storage.reason(e));
            return 0;
        }
    }

    private void contend() throws IOException, InterruptedException {
        Optional<FileStatus> seen = Optional.empty();
        while (true) {
            write();
            Optional<Other> met = other();
            if (met.isEmpty()) {
                if (isFresh() && hold()) {
                    return;
                }
                continue; // So long on the way that others may have counted it out.
            }
            Other other = met.get();
            Path theirs = other.status().getPath();
            long written = other.status().getModificationTime();
            long now;
            try {
                now = storage.fileSystem(file).getFileStatus(file).getModificationTime();
            } catch (FileNotFoundException e) {
                continue; // Another has counted this one out already.
            }
            Optional<Boolean> runs = other.claim().process().runs();
            if (!runs.orElse(true) || now - written > duration.toMillis()) {
                LOG.info("The lease {} is taken over: its run shows no sign of life", Storage.shown(theirs));
                storage.fileSystem(theirs).delete(theirs, false);
                continue;
            }
            boolean renewed = seen.filter(before -> before.getPath().equals(theirs))
                    .filter(before -> before.getModificationTime() != written)
                    .isPresent();
            if (other.claim().held() && (runs.orElse(false) || renewed)) {
                throw new HeldException(held(other.claim()));
            }
            if (!other.claim().held() && file.getName().compareTo(theirs.getName()) > 0) {
                // Of two that want it, one must step back; this one's next look finds a holder or nobody.
                deleteOwn();
            }
            seen = Optional.of(other.status());
            Thread.sleep(duration.toMillis() / LOOKS);
        }
    }

    private String held(Claim holder) {
        return "Cannot write to %s: %s %s on %s (process %d) holds it since %s. Wait for it to end; if it dies, its lease ends %d s later."
                .formatted(
                        Storage.shown(output),
                        holder.job(),
                        holder.run(),
                        holder.process().host(),
                        holder.process().pid(),
                        holder.since(),
                        duration.toSeconds());
    }

    /** Whether that went through before others could count the claim out: a store may take its time for the write too. */
    private synchronized boolean hold() throws IOException {
        long claimed = writtenNanos;
        held = true;
        write();
        if (System.nanoTime() - claimed > duration.toNanos()) {
            held = false;
            return false;
        }
        long every = duration.toMillis() / RENEWALS;
        clock.scheduleAtFixedRate(this::renew, every, every, TimeUnit.MILLISECONDS);
        clock.scheduleAtFixedRate(this::watch, every, every, TimeUnit.MILLISECONDS);
        // Before the file systems are closed.
        ShutdownHookManager.get().addShutdownHook(releaseAtExit, FileSystem.SHUTDOWN_HOOK_PRIORITY + 1);
        return true;
    }

    private synchronized void renew() {
        if (closed || taken) {
            return;
        }
        try {
            long last = writtenNanos;
            taken = !storage.fileSystem(file).exists(file);
            if (!taken) {
                write();
                if (System.nanoTime() - last > duration.toNanos()) {
                    // Another may have counted the last one out, perhaps between the look and this write.
                    taken = true;
                    deleteOwn();
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("Cannot renew the lease {}: {}", Storage.shown(file), Storage.reason(e));
        }
    }

    /** Takes no lock: a renewal may be waiting for the store, which is how leases are lost. */
    private void watch() {
        if ((taken || !isFresh()) && !closing.get() && !lossTold.getAndSet(true)) {
            LOG.warn("Lost the lease {}", Storage.shown(file));
            whenLost.run();
        }
    }

    /** Counted from before the write: that is when others may begin to count at the latest. */
    private synchronized void write() throws IOException {
        long before = System.nanoTime();
        storage.write(
                file,
                JSON.writeValueAsBytes(new Claim(claim.run(), claim.job(), claim.since(), held, claim.process())));
        writtenNanos = before;
    }

    private boolean isFresh() {
        return System.nanoTime() - writtenNanos < duration.toNanos();
    }

    /** The one that holds the folder, or else one that wants it. */
    private Optional<Other> other() throws IOException {
        FileStatus[] all = storage.fileSystem(folder).listStatus(folder);
        return Arrays.stream(all)
                .filter(status -> status.getPath().getName().endsWith(EXTENSION))
                .filter(status -> !status.getPath().getName().equals(file.getName()))
                .map(status -> new Other(status, claim(status)))
                .min(Comparator.comparing(other -> !other.claim().held()));
    }

    private Claim claim(FileStatus status) {
        try {
            Claim read = JSON.readValue(storage.read(status.getPath(), MAX_BYTES), Claim.class);
            return read == null || read.process() == null ? Claim.UNREADABLE : read;
        } catch (IOException e) {
            return Claim.UNREADABLE;
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

    /** Apart, since a renewal may be waiting for the store and keep this from its turn. */
    private synchronized boolean release() {
        closed = true;
        if (!taken) {
            deleteOwn();
        }
        return true;
    }

    /** Gives the folder back; where the store does not answer, in a few seconds at most. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        clock.shutdownNow();
        if (Patience.within(RELEASE, "give back the lease " + Storage.shown(file), this::release)
                .isEmpty()) {
            LOG.warn("Cannot give back the lease {}: no answer; it ends by itself", Storage.shown(file));
        }
        if (held && !ShutdownHookManager.get().isShutdownInProgress()) {
            ShutdownHookManager.get().removeShutdownHook(releaseAtExit);
        }
    }
}
