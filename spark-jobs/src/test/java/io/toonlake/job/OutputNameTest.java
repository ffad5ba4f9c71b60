package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.image.ImageFormat;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutputNameTest {

    @Test
    void namesThatHaveTheFormatAreKept() {
        OutputName jpeg = new OutputName(ImageFormat.JPEG);

        assertThat(jpeg.of("a.jpg")).isEqualTo("a.jpg");
        assertThat(jpeg.of("a.JPEG")).isEqualTo("a.JPEG");
        assertThat(jpeg.of("2019.08.holiday.jpg")).isEqualTo("2019.08.holiday.jpg");
        assertThat(new OutputName(ImageFormat.WEBP).of("a.webp")).isEqualTo("a.webp");
    }

    @Test
    void otherNamesGetTheExtensionAppended() {
        assertThat(new OutputName(ImageFormat.JPEG).of("a.png")).isEqualTo("a.png.jpg");
        assertThat(new OutputName(ImageFormat.PNG).of("a.jpeg")).isEqualTo("a.jpeg.png");
        assertThat(new OutputName(ImageFormat.JPEG).of("README")).isEqualTo("README.toon.jpg");
    }

    @Test
    void twoPhotosNeverShareAName() {
        List<String> parts = List.of("a", ".jpg", ".jpeg", ".png", ".toon", ".2019", ".JPG", ".tif");
        Set<String> photos = new HashSet<>();
        for (String first : parts) {
            for (String second : parts) {
                for (String third : parts) {
                    photos.add("a" + first);
                    photos.add("a" + first + second);
                    photos.add("a" + first + second + third);
                }
            }
        }
        for (ImageFormat format : List.of(ImageFormat.JPEG, ImageFormat.PNG, ImageFormat.WEBP)) {
            OutputName names = new OutputName(format);
            // Names made from names too: an earlier night's output may be tonight's input.
            List<String> all = new ArrayList<>(photos);
            photos.stream()
                    .map(names::of)
                    .filter(name -> !photos.contains(name))
                    .forEach(all::add);

            assertThat(new HashSet<>(all)).hasSameSizeAs(all);
            assertThat(all.stream().map(names::of)).doesNotHaveDuplicates();
        }
    }
}
