package io.toonlake.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.image.PixelImage;
import io.toonlake.testing.ImageFiles;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleCutterTest {

    @Test
    void squaresSpreadFromEndToEnd() {
        List<Sample> samples = new SampleCutter(32, 4).cut(ImageFiles.picture(1, 320, 64));
        assertThat(samples).extracting(Sample::x).containsExactly(0, 43, 85, 128);
        assertThat(samples).extracting(Sample::y).containsOnly(0);
        assertThat(samples).extracting(Sample::index).containsExactly(0, 1, 2, 3);
        assertThat(samples).allSatisfy(sample -> {
            assertThat(sample.image().width()).isEqualTo(32);
            assertThat(sample.image().height()).isEqualTo(32);
        });
    }

    @Test
    void tallPicturesAreCutFromTopToBottom() {
        PixelImage tall = ImageFiles.picture(2, 20, 50);
        List<Sample> samples = new SampleCutter(20, 9).cut(tall);
        assertThat(samples).extracting(Sample::y).containsExactly(0, 15, 30);
        assertThat(samples.get(1).image()).isEqualTo(tall.crop(0, 15, 20, 20));
    }

    @Test
    void oneSampleComesFromTheMiddle() {
        assertThat(new SampleCutter(20, 1).cut(ImageFiles.picture(3, 50, 20)))
                .singleElement()
                .extracting(Sample::x)
                .isEqualTo(15);
    }

    @Test
    void squarePicturesGiveOneSample() {
        PixelImage square = ImageFiles.picture(4, 24, 24);
        assertThat(new SampleCutter(24, 5).cut(square)).singleElement().isEqualTo(new Sample(0, 0, 0, square));
    }

    @Test
    void smallPicturesAreEnlarged() {
        List<Sample> samples = new SampleCutter(64, 5).cut(ImageFiles.picture(5, 30, 16));
        assertThat(samples).hasSize(2);
        assertThat(samples.get(1).x()).isEqualTo(56);
    }
}
