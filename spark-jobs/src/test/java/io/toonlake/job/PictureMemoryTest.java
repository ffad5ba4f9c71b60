package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageEncoder;
import io.toonlake.image.ImageFormat;
import io.toonlake.image.ImageRefusedException;
import io.toonlake.image.PixelImage;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PictureMemoryTest {
    private static final int SIDE = 64;
    private static final DecodeLimits LIMITS = new DecodeLimits(1 << 20, 1 << 20, 1);

    private final PictureMemory memory = new PictureMemory(64 * 1024);
    private Thread waiting;

    @TempDir
    Path folder;

    @AfterEach
    void endWaiting() throws InterruptedException {
        if (waiting != null) {
            waiting.interrupt();
            waiting.join();
        }
    }

    /** What comes of a share that another thread waits for. */
    private CompletableFuture<PictureMemory.Share> wanted(long own, long engine) throws InterruptedException {
        CompletableFuture<PictureMemory.Share> share = new CompletableFuture<>();
        waiting = new Thread(() -> {
            try {
                share.complete(memory.take(own, engine));
            } catch (UnreachableException e) {
                share.completeExceptionally(e);
            }
        });
        waiting.start();
        while (waiting.getState() == Thread.State.NEW || waiting.getState() == Thread.State.RUNNABLE) {
            Thread.sleep(1);
        }
        return share;
    }

    @Test
    void whoFindsTooLittleWaitsForOthers() throws Exception {
        PictureMemory.Share half = memory.take(32 * 1024, 0);
        PictureMemory.Share rest = memory.take(32 * 1024, 0);
        CompletableFuture<PictureMemory.Share> next = wanted(20 * 1024, 0);
        assertThat(next).isNotDone();
        half.close();
        assertThat(next.get(30, TimeUnit.SECONDS)).isNotNull();
        rest.close();
    }

    @Test
    void whatOneAtATimeNeedsIsThereOnce() throws Exception {
        PictureMemory.Share first = memory.take(10 * 1024, 30 * 1024);
        PictureMemory.Share second = memory.take(10 * 1024, 20 * 1024);
        CompletableFuture<PictureMemory.Share> third = wanted(15 * 1024, 0);
        assertThat(third).isNotDone();
        second.shrink(9 * 1024);
        assertThat(third.get(30, TimeUnit.SECONDS)).isNotNull();
        waiting.join();
        CompletableFuture<PictureMemory.Share> fourth = wanted(20 * 1024, 0);
        assertThat(fourth).isNotDone();
        first.close();
        first.close(); // Once only.
        second.shrink(10 * 1024); // Never more again.
        // 9, 15 and 20, and the second's 20 for an engine.
        assertThat(fourth.get(30, TimeUnit.SECONDS)).isNotNull();
        waiting.join();
        assertThat(wanted(1024, 0)).isNotDone();
    }

    /** Nobody with little to do may keep one with much to do waiting for ever, nor the other way about. */
    @Test
    void sharesAreGivenInTurn() throws Exception {
        PictureMemory.Share some = memory.take(8 * 1024, 0);
        CompletableFuture<PictureMemory.Share> much = wanted(64 * 1024, 0);
        AtomicBoolean early = new AtomicBoolean(true);
        Thread later = new Thread(() -> {
            PictureMemory.Share little = memory.take(1, 0);
            early.set(!much.isDone());
            little.close();
        });
        later.start();
        while (later.getState() == Thread.State.NEW || later.getState() == Thread.State.RUNNABLE) {
            Thread.sleep(1);
        }
        some.close();
        much.get(30, TimeUnit.SECONDS).close();
        later.join();
        assertThat(early).isFalse();
    }

    @Test
    void whoAsksForMoreThanThereIsIsAlone() throws Exception {
        PictureMemory.Share small = memory.take(1, 0);
        CompletableFuture<PictureMemory.Share> huge = wanted(Long.MAX_VALUE / 2, 0);
        assertThat(huge).isNotDone();
        small.close();
        PictureMemory.Share all = huge.get(30, TimeUnit.SECONDS);
        waiting.join();
        assertThat(wanted(1, 0)).isNotDone();
        all.close();
    }

    @Test
    void aCancelledJobDoesNotWait() throws Exception {
        PictureMemory.Share all = memory.take(64 * 1024, 0);
        CompletableFuture<PictureMemory.Share> next = wanted(1024, 0);
        waiting.interrupt();
        assertThatThrownBy(() -> next.get(30, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(InterruptedException.class)
                .cause()
                .isInstanceOf(UnreachableException.class)
                .hasMessageContaining("cancelled");
        all.close();
        // It took nothing, and stands in nobody's way.
        memory.take(64 * 1024, 0).close();
    }

    @Test
    void aPictureHasItsMemoryUntilItIsClosedAndADamagedOneGivesItBack() throws Exception {
        byte[] pixels = new byte[SIDE * SIDE * 3];
        new SplittableRandom(1).nextBytes(pixels);
        byte[] good = new ImageEncoder().encode(PixelImage.bgr(SIDE, SIDE, pixels), ImageFormat.JPEG, 90);
        byte[] damaged = Arrays.copyOf(good, good.length);
        Arrays.fill(damaged, good.length - 1000, good.length - 2, (byte) 0);
        // Its structure is whole: only decoding finds out.
        assertThat(new ImageDecoder(LIMITS).open(damaged).width()).isEqualTo(SIDE);
        SourceReader reader = new SourceReader(
                new Storage(new Configuration()), LIMITS, (width, height) -> 11L * width * height, memory);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> reader.read(file("damaged.jpg", damaged)))
                    .isInstanceOf(ImageRefusedException.class);
        }
        CompletableFuture<PictureMemory.Share> next;
        try (SourceReader.Source source = reader.read(file("good.jpg", good))) {
            assertThat(source.decoded().image().width()).isEqualTo(SIDE);
            // Twice 4 bytes a pixel, and 11 for an engine, of 16.
            next = wanted(1024, 0);
            assertThat(next).isNotDone();
        }
        next.get(30, TimeUnit.SECONDS).close();
        memory.take(64 * 1024, 0).close();
    }

    private SourceFile file(String name, byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve(name), bytes);
        return new SourceFile(
                file.toUri().toString(),
                bytes.length,
                Files.getLastModifiedTime(file).toMillis());
    }
}
