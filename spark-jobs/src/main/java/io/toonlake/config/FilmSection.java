package io.toonlake.config;

import io.toonlake.film.FilmSettings;
import java.io.Serializable;

/**
 * Settings of {@code ingest --films}.
 *
 * @param choice which frames are taken
 * @param segmentSeconds what a task decodes of a film, at least
 */
public record FilmSection(FilmSettings choice, double segmentSeconds) implements Serializable {
    private static final int DAY_SECONDS = 24 * 3600;

    static FilmSection read(SettingsReader reader) {
        return new FilmSection(
                new FilmSettings(
                        reader.doubleBetween("ingest.film.scene-threshold", 0, 255),
                        reader.intBetween("ingest.film.min-scene-frames", 1, 1_000_000),
                        reader.intBetween("ingest.film.frames-per-scene", 1, 1_000),
                        reader.intBetween("ingest.film.margin-frames", 0, 1_000),
                        reader.doubleBetween("ingest.film.min-contrast", 0, 127),
                        reader.doubleBetween("ingest.film.min-sharpness", 0, 1e6),
                        reader.doubleBetween("ingest.film.skip-start-seconds", 0, DAY_SECONDS),
                        reader.doubleBetween("ingest.film.skip-end-seconds", 0, DAY_SECONDS),
                        reader.flag("ingest.film.crop-bars"),
                        reader.doubleBetween("ingest.film.crop-bottom", 0, 0.5)),
                reader.doubleBetween("ingest.film-segment-seconds", 0.1, DAY_SECONDS));
    }
}
