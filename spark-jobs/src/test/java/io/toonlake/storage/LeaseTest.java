package io.toonlake.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(600);

    @TempDir
    private Path output;

    private final Storage storage = new Storage(new Configuration());

    private Lease take(String run, Duration duration) {
        return Lease.take(storage, new org.apache.hadoop.fs.Path(output.toUri()), run, "stylize", duration);
    }

    private Path folder() {
        return output.resolve("_toonlake/leases");
    }

    private Path file(String run) {
        return folder().resolve(run + ".json");
    }

    /** What a run of this process would have written, but for one thing about the process. */
    private ObjectNode holder(String run, String field, String value) throws IOException {
        try (Lease lease = take("template", LONG)) {
            lease.check();
            ObjectNode holder = (ObjectNode) JSON.readTree(file("template").toFile());
            ((ObjectNode) holder.get("process")).put(field, value);
            return holder.put("run", run);
        }
    }

    private void leave(ObjectNode holder, Duration ago) throws IOException {
        Path file = file(holder.get("run").asText());
        Files.createDirectories(folder());
        JSON.writeValue(file.toFile(), holder);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(ago)));
    }

    @Test
    void oneRunAtATime() throws IOException {
        try (Lease first = take("first", LONG)) {
            assertThatThrownBy(() -> take("second", LONG))
                    .isInstanceOf(HeldException.class)
                    .hasMessageContaining(
                            "Cannot write to " + Storage.shown(new org.apache.hadoop.fs.Path(output.toUri())) + ": ")
                    .hasMessageContaining("stylize first on ")
                    .hasMessageContaining("(process " + ProcessHandle.current().pid() + ")");
            assertThat(file("second")).doesNotExist();
            first.check();
        }
        assertThatCode(() -> take("third", LONG).close()).doesNotThrowAnyException();
        assertThat(folder()).isEmptyDirectory();
    }

    @Test
    @Timeout(20)
    void aDeadProcessOfThisMachineIsNotWaitedFor() throws IOException {
        leave(holder("dead", "started", "1"), Duration.ZERO);

        try (Lease lease = take("next", LONG)) {
            lease.check();
        }
        assertThat(file("dead")).doesNotExist();
    }

    @Test
    @Timeout(20)
    void aSilentRunOfAnotherMachineIsWaitedForAndReplaced() throws IOException {
        leave(holder("silent", "kernel", "another"), Duration.ZERO);
        long start = System.nanoTime();

        try (Lease lease = take("next", SHORT)) {
            lease.check();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(SHORT.minusMillis(50));
    }

    @Test
    @Timeout(20)
    void aRunThatDiedLongAgoIsReplacedAtOnce() throws IOException {
        leave(holder("old", "kernel", "another"), LONG.plusSeconds(5));

        try (Lease lease = take("next", LONG)) {
            lease.check();
        }
    }

    @Test
    @Timeout(20)
    void aRunOfAnotherMachineThatShowsSignsOfLifeIsLeftAlone() throws Exception {
        ObjectNode living = holder("living", "kernel", "another");
        leave(living, Duration.ZERO);
        ExecutorService heart = Executors.newSingleThreadExecutor();
        Future<?> beats = heart.submit(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                leave(living, Duration.ZERO);
                TimeUnit.MILLISECONDS.sleep(SHORT.toMillis() / 3);
            }
            return null;
        });
        try {
            assertThatThrownBy(() -> take("next", SHORT))
                    .isInstanceOf(HeldException.class)
                    .hasMessageContaining("stylize living on ");
        } finally {
            beats.cancel(true);
            heart.shutdownNow();
        }
        assertThat(file("living")).exists();
    }

    @Test
    @Timeout(20)
    void anUnreadableFileHoldsForTheDurationOnly() throws IOException {
        Files.createDirectories(folder());
        Files.writeString(file("torn"), "{\"run\": \"to");

        take("next", SHORT).close();

        assertThat(file("torn")).doesNotExist();
    }

    @Test
    @Timeout(20)
    void aHeldLeaseIsRenewed() throws Exception {
        try (Lease lease = take("long", SHORT)) {
            FileTime taken = Files.getLastModifiedTime(file("long"));
            TimeUnit.MILLISECONDS.sleep(2 * SHORT.toMillis());

            lease.check();
            assertThat(Files.getLastModifiedTime(file("long"))).isGreaterThan(taken);
        }
    }

    @Test
    @Timeout(20)
    void aLostLeaseIsNoticedAndNotTakenBack() throws Exception {
        Lease lease = take("lost", SHORT);
        Files.delete(file("lost"));

        assertThatThrownBy(lease::check).isInstanceOf(HeldException.class).hasMessageContaining("Lost the lease");
        TimeUnit.MILLISECONDS.sleep(SHORT.toMillis());
        assertThat(file("lost")).doesNotExist();
        lease.close();
    }

    @Test
    @Timeout(20)
    void whoWorksIsToldOfTheLoss() throws Exception {
        Lease lease = take("lost", SHORT);
        CountDownLatch told = new CountDownLatch(1);
        AtomicInteger times = new AtomicInteger();
        lease.whenLost(() -> {
            times.incrementAndGet();
            told.countDown();
        });
        TimeUnit.MILLISECONDS.sleep(2 * SHORT.toMillis());
        assertThat(times).as("while it is renewed").hasValue(0);
        // Again and again: it may be being written just then.
        while (!told.await(50, TimeUnit.MILLISECONDS)) {
            Files.deleteIfExists(file("lost"));
        }
        TimeUnit.MILLISECONDS.sleep(SHORT.toMillis());
        assertThat(times).hasValue(1);

        lease.whenLost(times::incrementAndGet);
        assertThat(times).as("already lost").hasValue(2);
        lease.close();
    }

    @Test
    @Timeout(20)
    void whoWorksIsToldAlsoWhereARenewalHangs() throws Exception {
        Lease lease = take("hanging", SHORT);
        CountDownLatch told = new CountDownLatch(1);
        lease.whenLost(told::countDown);

        // As where the store does not answer.
        synchronized (lease) {
            told.await();
        }
        lease.close();
    }

    @Test
    @Timeout(20)
    void aLeaseThatOthersMayHaveCountedOutMeanwhileIsNotTakenBack() throws Exception {
        Lease lease = take("late", SHORT);
        // As if the machine had stood still: nothing is renewed.
        synchronized (lease) {
            TimeUnit.MILLISECONDS.sleep(2 * SHORT.toMillis());
        }
        TimeUnit.MILLISECONDS.sleep(SHORT.toMillis());

        assertThatThrownBy(lease::check).isInstanceOf(HeldException.class).hasMessageContaining("Lost the lease");
        assertThat(file("late")).doesNotExist();
        lease.close();
    }

    @Test
    void whatKilledRunsWereWritingIsDeletedAndWhatMayBeWrittenNowIsNot() throws IOException {
        Path sub = Files.createDirectories(output.resolve("a:b/x.jpg"));
        Path own = Files.createDirectories(folder());
        Path tables = Files.createDirectories(output.resolve("_toonlake/stylized"));
        Files.createSymbolicLink(sub.resolve("loop"), output);
        List<Path> old = new ArrayList<>();
        for (Path place : List.of(output, sub, own, tables)) {
            Files.writeString(place.resolve(Storage.UNFINISHED + "young"), "half a picture");
            Path left = Files.writeString(place.resolve(Storage.UNFINISHED + "old"), "half a picture");
            Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(LONG.plusSeconds(5))));
            old.add(left);
        }

        try (Lease lease = take("next", LONG)) {
            assertThat(lease.deleteLeftovers()).isEqualTo(3);
            assertThat(lease.deleteLeftovers()).isZero();
        }
        assertThat(old).filteredOn(Files::exists).containsExactly(old.get(3));
        assertThat(output.resolve(Storage.UNFINISHED + "young")).exists();
    }

    /** Many at once, over and over: never do two hold it together, and somebody always gets it. */
    @Test
    @Timeout(60)
    void ofManyOneHolds() throws Exception {
        int contenders = 6;
        AtomicInteger holding = new AtomicInteger();
        AtomicInteger held = new AtomicInteger();
        List<Callable<Void>> runs = new ArrayList<>();
        for (int i = 0; i < contenders; i++) {
            String run = "run-" + i;
            runs.add(() -> {
                try (Lease lease = take(run, SHORT)) {
                    assertThat(holding.incrementAndGet()).isEqualTo(1);
                    held.incrementAndGet();
                    TimeUnit.MILLISECONDS.sleep(30);
                    lease.check();
                    holding.decrementAndGet();
                } catch (HeldException e) {
                    assertThat(e).hasMessageContaining("stylize run-");
                }
                return null;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(contenders);
        try {
            for (int round = 0; round < 5; round++) {
                int before = held.get();
                for (Future<Void> run : threads.invokeAll(runs)) {
                    run.get();
                }
                assertThat(held.get()).isGreaterThan(before);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(folder()).isEmptyDirectory();
    }
}
