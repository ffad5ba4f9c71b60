package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.model.Model;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of pictures that a GPU fails at, with the CPU's engines in the place of the GPU's. */
class GpuEngineTest {
    private static final long PLENTY = Long.MAX_VALUE;

    private final Model model = DrawnGenerator.model(new GeneratorArchitecture(2, 1, Padding.ZERO, 1e-5));
    private final List<EngineKind> opened = new ArrayList<>();

    /** Whole pictures of so many pixels fail; with fragments, so do all but the first of a session. */
    private long wholePixels = PLENTY;

    private boolean fragments;
    private boolean tilesFail;

    private GpuEngine engine(EngineKind first, long maxBytes) {
        return new GpuEngine(model, first, maxBytes, 1, kind -> {
            opened.add(kind);
            return new Failing(
                    kind == EngineKind.ONNXRUNTIME
                            ? new OrtEngine(model, 1)
                            : new TiledEngine(model, 1, maxBytes, Processor.CPU),
                    kind);
        });
    }

    private final class Failing implements StylizingEngine {
        private final StylizingEngine engine;
        private final EngineKind kind;
        private int made;

        Failing(StylizingEngine engine, EngineKind kind) {
            this.engine = engine;
            this.kind = kind;
        }

        @Override
        public float[] stylize(float[] picture, int width, int height) {
            boolean fails = kind == EngineKind.ONNXRUNTIME
                    ? (long) width * height > wholePixels || fragments && made > 0
                    : tilesFail;
            if (fails) {
                throw new GpuFailedException("Cannot stylize", Processor.gpu(0), "out of memory", null, true);
            }
            made++;
            return engine.stylize(picture, width, height);
        }

        @Override
        public String fingerprint() {
            return engine.fingerprint();
        }

        @Override
        public EngineKind kindFor(int width, int height) {
            return kind;
        }

        @Override
        public int sizeMultiple() {
            return engine.sizeMultiple();
        }

        @Override
        public int minSidePixels() {
            return engine.minSidePixels();
        }

        @Override
        public long estimatedBytes(int width, int height) {
            return engine.estimatedBytes(width, height);
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    private static float[] picture(int width, int height) {
        float[] values = new float[3 * width * height];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 17 / 8f - 1;
        }
        return values;
    }

    @Test
    void whatIsTooLargeForItsMemoryIsMadeInTilesFromThenOn() {
        wholePixels = 40 * 40;
        try (GpuEngine engine = engine(EngineKind.ONNXRUNTIME, PLENTY)) {
            assertThat(engine.kindFor(64, 64)).isEqualTo(EngineKind.ONNXRUNTIME);
            engine.stylize(picture(64, 64), 64, 64);
            assertThat(engine.kindFor(64, 64)).isEqualTo(EngineKind.ONNXRUNTIME_TILED);
            engine.stylize(picture(64, 80), 64, 80);
            engine.stylize(picture(32, 32), 32, 32);
            assertThat(engine.kindFor(32, 32)).isEqualTo(EngineKind.ONNXRUNTIME);
        }
        assertThat(opened)
                .as("the larger picture was not tried whole")
                .containsExactly(EngineKind.ONNXRUNTIME, EngineKind.ONNXRUNTIME_TILED, EngineKind.ONNXRUNTIME);
    }

    @Test
    void whatASessionKeepsOfEarlierPicturesIsNotTakenForTooLarge() {
        fragments = true;
        try (GpuEngine engine = engine(EngineKind.ONNXRUNTIME, PLENTY);
                StylizingEngine whole = new OrtEngine(model, 1)) {
            engine.stylize(picture(32, 32), 32, 32);
            assertThat(engine.stylize(picture(40, 32), 40, 32)).isEqualTo(whole.stylize(picture(40, 32), 40, 32));
            assertThat(engine.kindFor(40, 32)).isEqualTo(EngineKind.ONNXRUNTIME);
        }
        assertThat(opened).containsExactly(EngineKind.ONNXRUNTIME, EngineKind.ONNXRUNTIME);
    }

    @Test
    void aGpuThatFailsAtTilesTooHasFailed() {
        wholePixels = 0;
        tilesFail = true;
        try (GpuEngine engine = engine(EngineKind.ONNXRUNTIME, PLENTY)) {
            assertThatThrownBy(() -> engine.stylize(picture(32, 32), 32, 32))
                    .isInstanceOfSatisfying(
                            GpuFailedException.class,
                            e -> assertThat(e.isTooLarge()).isFalse());
        }
    }

    @Test
    void whereTheHostHasNoMemoryForTilesThePictureIsTooLarge() {
        wholePixels = 0;
        long enoughForWhole = OrtEngine.hostBytes(32, 32) + Stylizer.cartoonBytes(32, 32);
        assertThat(TiledEngine.estimatedBytes(model.architecture(), 32, 32, enoughForWhole))
                .isGreaterThan(enoughForWhole);
        try (GpuEngine engine = engine(EngineKind.ONNXRUNTIME, enoughForWhole)) {
            assertThatThrownBy(() -> engine.stylize(picture(32, 32), 32, 32))
                    .isInstanceOfSatisfying(
                            GpuFailedException.class,
                            e -> assertThat(e.isTooLarge()).isTrue());
        }
        assertThat(opened).containsOnly(EngineKind.ONNXRUNTIME);
    }

    @Test
    void whoAsksForTilesGetsTiles() {
        try (GpuEngine engine = engine(EngineKind.ONNXRUNTIME_TILED, PLENTY)) {
            engine.stylize(picture(32, 32), 32, 32);
        }
        assertThat(opened).containsExactly(EngineKind.ONNXRUNTIME_TILED);
    }

    /** Sessions that say which of them made a picture, and how many were at it. */
    private final class Sessions {
        private final AtomicInteger opened = new AtomicInteger();
        private final Set<Integer> working = ConcurrentHashMap.newKeySet();
        private final Set<Integer> open = ConcurrentHashMap.newKeySet();
        private final AtomicInteger most = new AtomicInteger();
        /** Whole pictures wait here for one another. */
        private volatile CyclicBarrier together = new CyclicBarrier(1);
        /** Sessions that the GPU has memory for, open ones counted. */
        private volatile int memory = Integer.MAX_VALUE;

        GpuEngine engine(long maxBytes, int sessions) {
            return new GpuEngine(model, EngineKind.ONNXRUNTIME, maxBytes, sessions, kind -> {
                int number = opened.incrementAndGet();
                open.add(number);
                return new Numbered(number);
            });
        }

        /** Fills the picture with its number. */
        private final class Numbered implements StylizingEngine {
            private final int number;

            Numbered(int number) {
                this.number = number;
            }

            @Override
            public float[] stylize(float[] picture, int width, int height) {
                assertThat(working.add(number))
                        .as("one picture at a time in session %d", number)
                        .isTrue();
                try {
                    most.accumulateAndGet(working.size(), Math::max);
                    together.await(10, TimeUnit.SECONDS);
                    if (open.size() > memory) {
                        throw new GpuFailedException("Cannot stylize", Processor.gpu(0), "out of memory", null, true);
                    }
                    float[] cartoon = picture.clone();
                    Arrays.fill(cartoon, number);
                    return cartoon;
                } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                    throw new AssertionError(e);
                } finally {
                    working.remove(number);
                }
            }

            @Override
            public String fingerprint() {
                return model.fingerprint();
            }

            @Override
            public EngineKind kindFor(int width, int height) {
                return EngineKind.ONNXRUNTIME;
            }

            @Override
            public int sizeMultiple() {
                return 4;
            }

            @Override
            public int minSidePixels() {
                return 4;
            }

            @Override
            public long estimatedBytes(int width, int height) {
                return 0;
            }

            @Override
            public void close() {
                assertThat(working).doesNotContain(number);
                open.remove(number);
            }
        }
    }

    private static int made(GpuEngine engine, int width, int height) {
        return (int) engine.stylize(picture(width, height), width, height)[0];
    }

    private static void atOnce(int times, Runnable picture) {
        CompletableFuture.allOf(IntStream.range(0, times)
                        .mapToObj(i -> CompletableFuture.runAsync(picture, task -> new Thread(task).start()))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    @Test
    void aSizeGoesToTheSessionThatMadeItLast() {
        try (GpuEngine engine = new Sessions().engine(PLENTY, 2)) {
            assertThat(made(engine, 32, 32)).isEqualTo(1);
            assertThat(made(engine, 64, 32)).isEqualTo(2);
            assertThat(made(engine, 32, 32)).isEqualTo(1);
            assertThat(made(engine, 64, 32)).isEqualTo(2);
            assertThat(made(engine, 32, 64)).as("the one unused for longest").isEqualTo(1);
            assertThat(made(engine, 64, 32)).isEqualTo(2);
            assertThat(made(engine, 32, 32)).isEqualTo(1);
        }
    }

    @Test
    void picturesAreMadeAtOnceByAsManySessionsAsThereMayBe() {
        Sessions sessions = new Sessions();
        sessions.together = new CyclicBarrier(3);
        try (GpuEngine engine = sessions.engine(PLENTY, 3)) {
            atOnce(12, () -> made(engine, 32, 32));
        }
        assertThat(sessions.most).hasValue(3);
        assertThat(sessions.opened).hasValue(3);
        assertThat(sessions.open).isEmpty();
    }

    @Test
    void picturesThatTheHostHasNoMemoryForAtOnceWait() {
        Sessions sessions = new Sessions();
        long enoughForOne = OrtEngine.hostBytes(64, 64) + Stylizer.cartoonBytes(64, 64);
        try (GpuEngine engine = sessions.engine(enoughForOne, 3)) {
            atOnce(6, () -> assertThat(made(engine, 64, 64)).isPositive());
        }
        assertThat(sessions.most).hasValue(1);
    }

    @Test
    void whereTheGpusMemoryIsTooLittleForSoManyHalfOfThemGoOn() {
        Sessions sessions = new Sessions();
        try (GpuEngine engine = sessions.engine(PLENTY, 4)) {
            for (int side : new int[] {32, 36, 40, 44}) {
                made(engine, side, side);
            }
            assertThat(sessions.open).hasSize(4);
            sessions.memory = 2;
            atOnce(8, () -> assertThat(made(engine, 48, 48)).isPositive());
            assertThat(engine.kindFor(48, 48)).as("not for its size").isEqualTo(EngineKind.ONNXRUNTIME);
            sessions.most.set(0);
            atOnce(8, () -> assertThat(made(engine, 48, 48)).isPositive());
            assertThat(sessions.most.get()).isBetween(1, 2);
            assertThat(sessions.open).hasSizeLessThanOrEqualTo(2);
        }
        assertThat(sessions.open).isEmpty();
    }

    @Test
    void enginesAndIntegersThatGpusDoNotHaveAreRefused() {
        assertThatThrownBy(() -> EngineKind.ND4J.openOnGpu(model, Precision.FP32, 1, PLENTY, 1, Processor.gpu(0)))
                .hasMessage("Invalid engine for GPU 0: nd4j in fp32");
        assertThatThrownBy(
                        () -> EngineKind.ONNXRUNTIME.openOnGpu(model, Precision.INT8, 1, PLENTY, 1, Processor.gpu(0)))
                .hasMessage("Invalid engine for GPU 0: onnxruntime in int8");
    }
}
