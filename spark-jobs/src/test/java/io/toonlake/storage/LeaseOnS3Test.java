package io.toonlake.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.toonlake.testing.Bucket;
import io.toonlake.testing.FaultProxy.Fate;
import io.toonlake.testing.S3Extension;
import io.toonlake.testing.S3Server;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The lease where it matters most: on S3 nothing else keeps two drivers from writing one table's log. An object's time has whole seconds there. */
@ExtendWith(S3Extension.class)
class LeaseOnS3Test {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SHORT = Duration.ofSeconds(3);

    private final S3Server server;
    private Bucket bucket;
    private Storage storage;

    LeaseOnS3Test(S3Server server) {
        this.server = server;
    }

    @BeforeEach
    void open() throws IOException {
        Configuration hadoop = new Configuration();
        bucket = new Bucket(server, hadoop);
        S3aDefaults.apply(hadoop);
        storage = new Storage(hadoop);
    }

    @AfterEach
    void close() throws IOException {
        bucket.close();
    }

    private Lease take(String run) {
        return Lease.take(storage, new Path(bucket.uri("cartoons")), run, "stylize", SHORT);
    }

    private static String key(String run) {
        return "cartoons/_toonlake/leases/" + run + ".json";
    }

    @Test
    @Timeout(60)
    void aSilentRunOfAnotherMachineIsWaitedForAndReplaced() throws IOException {
        byte[] silent;
        try (Lease lease = take("template")) {
            lease.check();
            ObjectNode holder = (ObjectNode) JSON.readTree(bucket.get(key("template")));
            ((ObjectNode) holder.get("process")).put("kernel", "another");
            silent = JSON.writeValueAsBytes(holder.put("run", "silent"));
        }
        bucket.put(key("silent"), silent);
        long start = System.nanoTime();

        try (Lease lease = take("next")) {
            lease.check();
            assertThat(bucket.has(key("silent"))).isFalse();
        }
        // The store's clock counts whole seconds.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(SHORT.minusSeconds(2));
        assertThat(bucket.keys("cartoons/_toonlake/leases")).isEmpty();
    }

    @Test
    @Timeout(60)
    void aHeldLeaseIsRenewedAndKeepsOthersOut() throws Exception {
        try (Lease lease = take("long")) {
            TimeUnit.MILLISECONDS.sleep(SHORT.toMillis() * 2);
            lease.check();
            assertThatThrownBy(() -> take("second"))
                    .isInstanceOf(HeldException.class)
                    .hasMessageContaining("stylize long on ");
            lease.check();
        }
    }

    /** The store takes so long for the write by which a run becomes the holder that another counts its claim out meanwhile. */
    @Test
    @Timeout(60)
    void aClaimThatComesThroughTooLateHoldsNothing() throws Exception {
        bucket.set(bucket.name(), "connection.timeout", "30000");
        AtomicInteger writes = new AtomicInteger();
        CountDownLatch claimed = new CountDownLatch(1);
        bucket.proxy().fates(request -> {
            if (request.is("PUT", key("late")) && writes.incrementAndGet() == 2) {
                claimed.countDown();
                LockSupport.parkNanos(SHORT.multipliedBy(3).toNanos());
            }
            return new Fate.Pass();
        });
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<Lease> late = threads.submit(() -> take("late"));
            claimed.await();
            // As of another machine, where nobody can look for its process.
            ObjectNode claim = (ObjectNode) JSON.readTree(bucket.get(key("late")));
            ((ObjectNode) claim.get("process")).put("kernel", "another");
            bucket.put(key("late"), JSON.writeValueAsBytes(claim));

            try (Lease next = take("next")) {
                assertThatThrownBy(late::get).hasCauseInstanceOf(HeldException.class);
                next.check();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    @Timeout(120)
    void ofManyOneHolds() throws Exception {
        AtomicInteger holding = new AtomicInteger();
        AtomicInteger held = new AtomicInteger();
        List<Callable<Void>> runs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String run = "run-" + i;
            runs.add(() -> {
                try (Lease lease = take(run)) {
                    assertThat(holding.incrementAndGet()).isEqualTo(1);
                    held.incrementAndGet();
                    TimeUnit.MILLISECONDS.sleep(100);
                    lease.check();
                    holding.decrementAndGet();
                } catch (HeldException e) {
                    assertThat(e).hasMessageContaining("stylize run-");
                }
                return null;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(runs.size());
        try {
            for (int round = 0; round < 3; round++) {
                int before = held.get();
                for (Future<Void> run : threads.invokeAll(runs)) {
                    run.get();
                }
                assertThat(held.get()).isGreaterThan(before);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
