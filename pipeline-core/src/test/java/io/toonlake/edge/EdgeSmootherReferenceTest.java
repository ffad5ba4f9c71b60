package io.toonlake.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.image.PixelImage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Byte for byte what OpenCV's Python package makes of the same pictures; {@code make_edge_fixtures.py} made them. */
class EdgeSmootherReferenceTest {

    @ParameterizedTest(name = "{0}")
    @CsvFileSource(resources = "/io/toonlake/edge/settings.csv", numLinesToSkip = 1)
    void pixelsEqualOpenCvsPythonPackage(
            String name, double cannyLow, double cannyHigh, int dilatePixels, int blurPixels, String blur)
            throws IOException {
        EdgeSmoother smoother = new EdgeSmoother(new EdgeSettings(
                cannyLow, cannyHigh, dilatePixels, blurPixels, Blur.valueOf(blur.toUpperCase(Locale.ROOT))));

        PixelImage smoothed = smoother.smooth(picture(name + ".png"));

        assertThat(smoothed).satisfies(picture -> {
            PixelImage expected = picture(name + ".smooth.png");
            assertThat(picture.toString()).isEqualTo(expected.toString());
            assertThat(picture.pixels()).isEqualTo(expected.pixels());
        });
    }

    private static PixelImage picture(String name) throws IOException {
        try (InputStream file = EdgeSmootherReferenceTest.class.getResourceAsStream(name)) {
            return PixelFiles.read(file);
        }
    }
}
