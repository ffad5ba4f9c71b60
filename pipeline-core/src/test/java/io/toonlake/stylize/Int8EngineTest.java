package io.toonlake.stylize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.toonlake.image.Likeness;
import io.toonlake.model.Calibration;
import io.toonlake.model.ChannelRanges;
import io.toonlake.model.Model;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import io.toonlake.network.Upsampling;
import io.toonlake.scene.SyntheticScenes;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Int8EngineTest {
    private static Model model(Padding padding, Upsampling upsampling) {
        return DrawnGenerator.model(new GeneratorArchitecture(8, 2, padding, upsampling, 1e-5));
    }

    private static Calibration calibration(Model model) {
        try (CalibratingEngine engine = new CalibratingEngine(model, 1)) {
            Stylizer stylizer = new Stylizer(engine);
            for (int seed = 1; seed <= 4; seed++) {
                stylizer.stylize(SyntheticScenes.photo(seed, 96, 64));
            }
            return engine.calibration(96);
        }
    }

    /** On a photo that was not seen, smaller and of sides that need padding. */
    private static Likeness likeness(Model model, Calibration calibration) {
        try (StylizingEngine int8 = new OrtEngine(model, calibration, 1);
                StylizingEngine fp32 = new OrtEngine(model, 1)) {
            return Likeness.of(
                    new Stylizer(int8).stylize(SyntheticScenes.photo(9, 90, 61)),
                    new Stylizer(fp32).stylize(SyntheticScenes.photo(9, 90, 61)));
        }
    }

    @ParameterizedTest
    @CsvSource({"ZERO, TRANSPOSED", "REFLECT, TRANSPOSED", "ZERO, RESIZE", "REFLECT, RESIZE"})
    void cartoonsAreNearSinglePrecisions(Padding padding, Upsampling upsampling) {
        Model model = model(padding, upsampling);

        Likeness likeness = likeness(model, calibration(model));

        // Of 8 channels with drawn weights; the published ones come nearer.
        assertThat(likeness.psnr()).isBetween(33.0, 70.0);
        assertThat(likeness.ssim()).isGreaterThan(0.95);
    }

    @Test
    void rangesThatAreTooNarrowSpoilTheCartoon() {
        Model model = model(Padding.ZERO, Upsampling.TRANSPOSED);
        Calibration calibration = calibration(model);
        TreeMap<String, ChannelRanges> narrow = new TreeMap<>();
        calibration.ranges().forEach((name, range) -> narrow.put(name, tenth(range)));

        Likeness likeness = likeness(
                model, new Calibration(calibration.model(), calibration.photos(), 96, narrow, calibration.heldOut()));

        assertThat(likeness.psnr()).isLessThan(30);
    }

    private static ChannelRanges tenth(ChannelRanges range) {
        float[] least = range.least().clone();
        float[] most = range.most().clone();
        for (int c = 0; c < least.length; c++) {
            least[c] /= 10;
            most[c] /= 10;
        }
        return new ChannelRanges(least, most);
    }

    @Test
    void calibratingGivesSinglePrecisionsPictureAndTheSameRangesAgain() {
        Model model = model(Padding.ZERO, Upsampling.TRANSPOSED);
        try (CalibratingEngine calibrating = new CalibratingEngine(model, 1);
                StylizingEngine fp32 = new OrtEngine(model, 1)) {
            assertThat(new Stylizer(calibrating).stylize(SyntheticScenes.photo(1, 40, 32)))
                    .isEqualTo(new Stylizer(fp32).stylize(SyntheticScenes.photo(1, 40, 32)));
        }
        assertThat(calibration(model)).isEqualTo(calibration(model));
    }

    @Test
    void nothingSeenIsNoCalibration() {
        try (CalibratingEngine engine = new CalibratingEngine(model(Padding.ZERO, Upsampling.TRANSPOSED), 1)) {
            assertThatThrownBy(() -> engine.calibration(96)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void picturesTooLargeForIntegersAreMadeInTilesAndSaidToBe() {
        Model model = model(Padding.ZERO, Upsampling.TRANSPOSED);
        Calibration calibration = calibration(model);
        try (StylizingEngine engine = EngineKind.openInt8(model, calibration, 1, 1);
                StylizingEngine fp32 = EngineKind.ONNXRUNTIME_TILED.open(model, 1, 1)) {
            assertThat(engine.fingerprint()).isEqualTo(calibration.fingerprint());
            assertThat(Precision.INT8.engineCode(engine.kindFor(40, 32), Processor.CPU))
                    .isEqualTo("onnxruntime-tiled");
            assertThat(Precision.INT8.engineCode(EngineKind.ONNXRUNTIME, Processor.CPU))
                    .isEqualTo("onnxruntime-int8");
            assertThat(new Stylizer(engine).stylize(SyntheticScenes.photo(1, 40, 32)))
                    .isEqualTo(new Stylizer(fp32).stylize(SyntheticScenes.photo(1, 40, 32)));
        }
    }
}
