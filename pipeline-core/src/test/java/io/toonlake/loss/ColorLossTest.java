package io.toonlake.loss;

import static io.toonlake.network.NumericGradient.assertThatGradientIs;
import static io.toonlake.network.NumericGradient.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ColorLossTest {
    private final ColorLoss loss = new ColorLoss(3, 1.5);

    @Test
    void aCastCountsWithItsSquareUpToTheBorders() {
        INDArray photos = random(1, 2, 3, 8, 12);

        assertThat(loss.between(photos.add(0.5), photos).value()).isCloseTo(0.25, within(1e-12));
        assertThat(loss.between(photos, photos).value()).isZero();
    }

    @Test
    void isTheSquareOfWhatTheBlurLeaves() {
        int height = 7;
        int width = 9;
        INDArray pictures = random(1, 2, 3, height, width);
        INDArray photos = random(2, 2, 3, height, width);
        double sum = 0;
        for (int n = 0; n < 2; n++) {
            for (int c = 0; c < 3; c++) {
                for (int y = 0; y < height; y++) {
                    for (int x = 0; x < width; x++) {
                        double blurred = 0;
                        double weights = 0;
                        for (int dy = -7; dy <= 7; dy++) {
                            for (int dx = -7; dx <= 7; dx++) {
                                if (y + dy >= 0 && y + dy < height && x + dx >= 0 && x + dx < width) {
                                    double weight = Math.exp(-(dy * dy + dx * dx) / (2 * 1.5 * 1.5));
                                    weights += weight;
                                    blurred += weight
                                            * (pictures.getDouble(n, c, y + dy, x + dx)
                                                    - photos.getDouble(n, c, y + dy, x + dx));
                                }
                            }
                        }
                        sum += Math.pow(blurred / weights, 2);
                    }
                }
            }
        }

        assertThat(loss.between(pictures, photos).value()).isCloseTo(sum / (2 * 3 * height * width), within(1e-12));
    }

    @Test
    void textureFinerThanTheBlurHardlyCounts() {
        INDArray photos = Nd4j.zeros(DataType.DOUBLE, 1, 3, 24, 24);
        INDArray texture = photos.dup();
        for (int y = 0; y < 24; y++) {
            for (int x = 0; x < 24; x++) {
                for (int c = 0; c < 3; c++) {
                    texture.putScalar(new int[] {0, c, y, x}, (x + y) % 2 == 0 ? 0.5 : -0.5);
                }
            }
        }

        assertThat(loss.between(texture, photos).value()).isLessThan(0.001 * 0.25);
    }

    @Test
    void gradientIsTheDerivativeWhicheverWayPicturesLieInMemory() {
        INDArray pictures = random(1, 2, 3, 8, 5);
        INDArray photos = random(2, 2, 3, 8, 5);

        INDArray gradient = loss.between(pictures, photos).gradient();

        assertThatGradientIs(
                gradient, pictures, () -> loss.between(pictures, photos).value());
        assertThat(loss.between(pictures.dup('f'), photos.dup('f')).gradient()).isEqualTo(gradient);
    }

    /** All pixels weigh nearly the same then. */
    @Test
    void aBlurWiderThanThePictureLeavesItsMean() {
        INDArray pictures = random(1, 1, 3, 8, 5);
        INDArray photos = random(2, 1, 3, 8, 5);
        INDArray means = pictures.sub(photos).mean(2, 3);
        ColorLoss wide = new ColorLoss(1, 100);

        Loss found = wide.between(pictures, photos);

        assertThat(found.value()).isCloseTo(means.mul(means).meanNumber().doubleValue(), within(1e-4));
        assertThatGradientIs(
                found.gradient(), pictures, () -> wide.between(pictures, photos).value());
    }

    @Test
    void picturesStayAsTheyAre() {
        INDArray pictures = random(1, 1, 3, 8, 8);
        INDArray before = pictures.dup();

        loss.between(pictures, random(2, 1, 3, 8, 8));

        assertThat(pictures).isEqualTo(before);
    }

    @Test
    void weightsAndBlursThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new ColorLoss(-1, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Invalid colour loss: weight -1.0, sigma 4.0 pixels (must be >= 0, > 0)");
        assertThatThrownBy(() -> new ColorLoss(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
