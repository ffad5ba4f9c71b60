package io.toonlake.job;

import io.toonlake.config.Fingerprint;
import io.toonlake.config.OutputLayout;
import io.toonlake.config.Settings;
import io.toonlake.image.ImageFormat;
import io.toonlake.model.Calibration;
import io.toonlake.stylize.Precision;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What of {@code stylize}'s settings is remembered with its rows: where it has changed, photos are stylized, or judged, again. Nothing is
 * in it that makes no difference to a picture, as a night is not to do the last one's work again: no device and no memory, which differ by
 * rounding.
 *
 * @param pictures of what makes a picture, and of where it lies
 * @param refusals of that and the limits by which photos are refused: raising one does not touch what is made
 */
record SettingsFingerprints(String pictures, String refusals) implements Serializable {
    /** @param calibration for 8-bit integers; else empty */
    static SettingsFingerprints of(Settings settings, Optional<Calibration> calibration) {
        String pictures = layout(settings, precision(settings, calibration, settings.fingerprint(keys(settings))));
        return new SettingsFingerprints(pictures, Fingerprint.of(pictures, settings.fingerprint("stylize.limits")));
    }

    private static String[] keys(Settings settings) {
        List<String> keys = new ArrayList<>(List.of(
                "stylize.format",
                "stylize.max-edge-pixels",
                "stylize.keep-colors",
                "stylize.strength",
                "stylize.background",
                "stylize.metadata",
                "stylize.engine"));
        if (settings.stylize().format() != ImageFormat.PNG) {
            keys.add("stylize.quality");
        }
        return keys.toArray(String[]::new);
    }

    private static String precision(Settings settings, Optional<Calibration> calibration, String asked) {
        return calibration
                .map(ranges -> Fingerprint.of(asked, Precision.INT8.code(), ranges.fingerprint()))
                .orElse(
                        settings.stylize().precision() == Precision.FP16
                                ? Fingerprint.of(asked, Precision.FP16.code())
                                : asked);
    }

    private static String layout(Settings settings, String made) {
        OutputLayout layout = settings.stylize().layout();
        return layout.isPacked() ? Fingerprint.of(made, layout.code()) : made;
    }
}
