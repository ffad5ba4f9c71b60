package io.toonlake.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BodiesTest {
    private static final int LARGE_BYTES = Bodies.SMALL_BYTES + 100_000;

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static Bodies bodies(long maxBytes) {
        return new Bodies(maxBytes, 1, Duration.ofMillis(200));
    }

    @Test
    void bodiesComeWhole() throws IOException {
        Bodies bodies = bodies(1 << 30);
        for (int length : new int[] {0, 1, Bodies.SMALL_BYTES - 1, Bodies.SMALL_BYTES, LARGE_BYTES}) {
            assertThat(bodies.read(new ByteArrayInputStream(noise(length)))).isEqualTo(noise(length));
        }
    }

    @Test
    void ofWhatIsTooLargeOneByteMoreIsReadThanIsAllowed() throws IOException {
        for (int most : new int[] {10, Bodies.SMALL_BYTES - 1, Bodies.SMALL_BYTES, LARGE_BYTES}) {
            ByteArrayInputStream in = new ByteArrayInputStream(noise(LARGE_BYTES + 10_000));
            assertThat(bodies(most).read(in)).hasSize(most + 1);
            assertThat(in.available()).isEqualTo(LARGE_BYTES + 10_000 - most - 1);
        }
    }

    @Test
    void oneLargeImageIsReadAtATimeAndSmallOnesBesideIt() throws Exception {
        Bodies bodies = bodies(1 << 30);
        CountDownLatch large = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        InputStream endless = new ByteArrayInputStream(noise(LARGE_BYTES)) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                if (length > 0 && pos >= Bodies.SMALL_BYTES) {
                    large.countDown();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
                return super.read(into, offset, length);
            }
        };
        CompletableFuture<byte[]> first = CompletableFuture.supplyAsync(() -> {
            try {
                return bodies.read(endless);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        large.await();

        assertThatThrownBy(() -> bodies.read(new ByteArrayInputStream(noise(LARGE_BYTES))))
                .isInstanceOf(InterruptedIOException.class)
                .hasMessage("waited too long for other large images");
        assertThat(bodies.read(new ByteArrayInputStream(noise(5000)))).hasSize(5000);
        end.countDown();
        assertThat(first.join()).isEqualTo(noise(LARGE_BYTES));
        assertThat(bodies.read(new ByteArrayInputStream(noise(LARGE_BYTES)))).hasSize(LARGE_BYTES);
    }
}
