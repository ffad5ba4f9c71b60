package io.toonlake.config;

import io.toonlake.edge.Blur;
import io.toonlake.edge.EdgeSettings;

/** Settings of {@code edge-smooth}. */
public record EdgeSection(EdgeSettings smoothing) {

    static EdgeSection read(SettingsReader reader) {
        double low = reader.number("edge.canny-low");
        double high = reader.number("edge.canny-high");
        int dilate = reader.wholeNumber("edge.dilate-pixels");
        int blurPixels = reader.wholeNumber("edge.blur-pixels");
        Blur blur = reader.oneOf("edge.blur", Blur.class, Blur::code);
        if (!reader.problems(EdgeSettings.problems(low, high, dilate, blurPixels))) {
            return new EdgeSection(EdgeSettings.DEFAULT);
        }
        return new EdgeSection(new EdgeSettings(low, high, dilate, blurPixels, blur));
    }
}
