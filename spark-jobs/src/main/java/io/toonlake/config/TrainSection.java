package io.toonlake.config;

/** Settings of {@code train}. */
public record TrainSection() {
    static TrainSection read(SettingsReader reader) {
        return new TrainSection();
    }
}
