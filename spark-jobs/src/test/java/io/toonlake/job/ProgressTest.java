package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressTest {

    @Test
    void theLineHasCountsRateAndTimeLeft() {
        assertThat(Progress.line("ingest flickr", "images", 1200, 5000, 10))
                .isEqualTo("ingest flickr: 1,200 of 5,000 images, 120/s, 32 s left");
        assertThat(Progress.line("stylize", "photos", 2, 24, 10))
                .isEqualTo("stylize: 2 of 24 photos, 5.0 s each, 1 min 50 s left");
        assertThat(Progress.line("stylize", "photos", 1, 10_000, 2)).endsWith("2.0 s each, 5 h 33 min left");
    }

    @Test
    void theEndIsNotTheLastPictureButTheTables() {
        assertThat(Progress.line("ingest flickr", "images", 53, 53, 9))
                .isEqualTo("ingest flickr: 53 of 53 images, writing the tables");
    }

    @Test
    void nothingIsForetoldBeforeTheFirstIsDone() {
        assertThat(Progress.line("stylize", "photos", 0, 24, 7)).isEqualTo("stylize: 0 of 24 photos");
    }
}
