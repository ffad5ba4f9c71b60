package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EngineCacheTest {
    private record Counted(String fingerprint, AtomicInteger inside, AtomicInteger closed) implements StylizingEngine {
        Counted(String fingerprint) {
            this(fingerprint, new AtomicInteger(), new AtomicInteger());
        }

        @Override
        public EngineKind kindFor(int width, int height) {
            return EngineKind.ND4J;
        }

        @Override
        public int sizeMultiple() {
            return 1;
        }

        @Override
        public int minSidePixels() {
            return 1;
        }

        @Override
        public float[] stylize(float[] picture, int width, int height) {
            try {
                assertThat(inside.incrementAndGet()).isEqualTo(1);
                TimeUnit.MILLISECONDS.sleep(2);
                assertThat(closed).hasValue(0);
                return picture;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                inside.decrementAndGet();
            }
        }

        @Override
        public long estimatedBytes(int width, int height) {
            return 0;
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    @Test
    void modelIsLoadedOnceAndUsedByOneTaskAtATime() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        ExecutorService tasks = Executors.newFixedThreadPool(4);
        try (EngineCache cache = new EngineCache(1)) {
            List<Future<float[]>> results = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String model = i % 2 == 0 ? "a" : "b";
                results.add(tasks.submit(() -> cache.use(
                        key(model),
                        () -> {
                            loads.incrementAndGet();
                            return new Counted(model);
                        },
                        engine -> {
                            assertThat(engine.fingerprint()).isEqualTo(model);
                            return engine.stylize(new float[3], 1, 1);
                        })));
            }
            for (Future<float[]> result : results) {
                assertThat(result.get()).hasSize(3);
            }
            assertThat(cache.size()).isLessThanOrEqualTo(1);
        } finally {
            tasks.shutdown();
        }
        assertThat(loads.get()).isBetween(2, 40);
    }

    @Test
    void anEngineForSeveralHasThemAtOnceAndNoMore() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        AtomicInteger users = new AtomicInteger();
        CyclicBarrier three = new CyclicBarrier(3);
        EngineCache.Key key =
                new EngineCache.Key("a", EngineKind.ONNXRUNTIME, Precision.FP32, Processor.gpu(0), 1, 0, 3);
        ExecutorService tasks = Executors.newFixedThreadPool(6);
        try (EngineCache cache = new EngineCache(1)) {
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                results.add(tasks.submit(() -> cache.use(
                        key,
                        () -> {
                            loads.incrementAndGet();
                            return new Counted("a");
                        },
                        engine -> {
                            int now = users.incrementAndGet();
                            three.await(10, TimeUnit.SECONDS);
                            users.decrementAndGet();
                            return now;
                        })));
            }
            for (Future<Integer> result : results) {
                assertThat(result.get()).isBetween(1, 3);
            }
        } finally {
            tasks.shutdown();
        }
        assertThat(loads).hasValue(1);
    }

    @Test
    void engineUnusedForLongestIsClosed() throws IOException {
        List<Counted> loaded = new ArrayList<>();
        try (EngineCache cache = new EngineCache(2)) {
            for (String model : List.of("a", "b", "a", "c", "a")) {
                cache.use(key(model), () -> load(loaded, model), StylizingEngine::fingerprint);
            }
            assertThat(loaded).extracting(Counted::fingerprint).containsExactly("a", "b", "c");
            assertThat(loaded).extracting(engine -> engine.closed().get()).containsExactly(0, 1, 0);
        }
        assertThat(loaded).extracting(engine -> engine.closed().get()).containsExactly(1, 1, 1);
    }

    @Test
    void oneModelOnTwoEnginesOrOtherThreadsIsTwo() throws IOException {
        List<Counted> loaded = new ArrayList<>();
        try (EngineCache cache = new EngineCache(3)) {
            for (EngineCache.Key key : List.of(
                    key("a"),
                    new EngineCache.Key("a", EngineKind.ONNXRUNTIME, Precision.FP32, Processor.CPU, 1, 0, 1),
                    new EngineCache.Key("a", EngineKind.ONNXRUNTIME, Precision.FP32, Processor.CPU, 2, 0, 1))) {
                cache.use(key, () -> load(loaded, "a"), StylizingEngine::fingerprint);
            }
        }
        assertThat(loaded).hasSize(3);
    }

    @Test
    void everyGpuHasASessionOfItsOwnThatStays() throws IOException {
        List<Counted> loaded = new ArrayList<>();
        try (EngineCache cache = new EngineCache(1)) {
            for (int gpu : new int[] {0, 1, 2, 0, 1, 2}) {
                cache.use(on(Processor.gpu(gpu)), () -> load(loaded, "a"), StylizingEngine::fingerprint);
            }
            cache.use(on(Processor.CPU), () -> load(loaded, "a"), StylizingEngine::fingerprint);
            assertThat(loaded).as("one for each GPU, and one for the CPU").hasSize(4);
            cache.use(key("b"), () -> load(loaded, "b"), StylizingEngine::fingerprint);
            assertThat(loaded)
                    .extracting(engine -> engine.closed().get())
                    .as("the CPU's second takes the place of its first")
                    .containsExactly(0, 0, 0, 1, 0);
        }
    }

    private static EngineCache.Key on(Processor processor) {
        return new EngineCache.Key("a", EngineKind.ONNXRUNTIME, Precision.FP32, processor, 1, 0, 1);
    }

    @Test
    void failedLoadIsTriedAgain() throws IOException {
        EngineCache cache = new EngineCache(1);
        assertThatThrownBy(() -> cache.use(
                        key("a"),
                        () -> {
                            throw new IOException("Cannot read model a");
                        },
                        StylizingEngine::fingerprint))
                .isInstanceOf(IOException.class);
        assertThat(cache.use(key("a"), () -> new Counted("a"), StylizingEngine::fingerprint))
                .isEqualTo("a");
        cache.close();
    }

    @Test
    void engineOfAnotherModelIsRefused() {
        Counted wrong = new Counted("b");
        try (EngineCache cache = new EngineCache(1)) {
            assertThatThrownBy(() -> cache.use(key("a"), () -> wrong, StylizingEngine::fingerprint))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Cannot use the engine of model b for model a");
        }
        assertThat(wrong.closed()).hasValue(1);
    }

    private static EngineCache.Key key(String model) {
        return new EngineCache.Key(model, EngineKind.ND4J, Precision.FP32, Processor.CPU, 1, 0, 1);
    }

    private static Counted load(List<Counted> loaded, String model) {
        loaded.add(new Counted(model));
        return loaded.get(loaded.size() - 1);
    }
}
