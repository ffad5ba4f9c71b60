package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.model.Model;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import java.util.ArrayList;
import java.util.List;
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
        return new GpuEngine(model, first, maxBytes, kind -> {
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

    @Test
    void enginesAndIntegersThatGpusDoNotHaveAreRefused() {
        assertThatThrownBy(() -> EngineKind.ND4J.openOnGpu(model, Precision.FP32, 1, PLENTY, Processor.gpu(0)))
                .hasMessage("Invalid engine for GPU 0: nd4j in fp32");
        assertThatThrownBy(() -> EngineKind.ONNXRUNTIME.openOnGpu(model, Precision.INT8, 1, PLENTY, Processor.gpu(0)))
                .hasMessage("Invalid engine for GPU 0: onnxruntime in int8");
    }
}
