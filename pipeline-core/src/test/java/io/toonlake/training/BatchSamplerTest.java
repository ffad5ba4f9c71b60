package io.toonlake.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.toonlake.image.PixelImage;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class BatchSamplerTest {
    private static final List<PixelImage> PICTURES =
            IntStream.range(0, 5).mapToObj(n -> gradient(n, 12, 9)).toList();

    /** Blue tells the picture, green the column, red the row. */
    private static PixelImage gradient(int n, int width, int height) {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < width * height; i++) {
            pixels[3 * i] = (byte) (n * 50);
            pixels[3 * i + 1] = (byte) (i % width * 10);
            pixels[3 * i + 2] = (byte) (i / width * 10);
        }
        return PixelImage.bgr(width, height, pixels);
    }

    private static INDArray photos(BatchSampler sampler, Draw draw) {
        return sampler.batch(List.of(Domain.PHOTO), Map.of("photo", PICTURES), draw)
                .of(Domain.PHOTO);
    }

    @Test
    void sameDrawIsTheSameBatch() {
        BatchSampler sampler = new BatchSampler(4, 4, true);

        assertThat(photos(sampler, new Draw(1, 2, 3, 4))).isEqualTo(photos(sampler, new Draw(1, 2, 3, 4)));
    }

    @Test
    void everyPartOfTheDrawMatters() {
        BatchSampler sampler = new BatchSampler(4, 4, true);
        Set<List<Float>> batches = new HashSet<>();
        for (Draw draw : List.of(
                new Draw(0, 0, 0, 0),
                new Draw(1, 0, 0, 0),
                new Draw(0, 1, 0, 0),
                new Draw(0, 0, 1, 0),
                new Draw(0, 0, 0, 1))) {
            float[] values = photos(sampler, draw).ravel().toFloatVector();
            batches.add(
                    IntStream.range(0, values.length).mapToObj(i -> values[i]).toList());
        }

        assertThat(batches).hasSize(5);
    }

    @Test
    void channelsArePlanesOfBlueGreenRedBetweenMinusOneAndOne() {
        INDArray batch = photos(new BatchSampler(8, 4, false), new Draw(7, 0, 0, 0));

        assertThat(batch.shape()).containsExactly(8, 3, 4, 4);
        for (int n = 0; n < 8; n++) {
            double blue = batch.getDouble(n, 0, 0, 0);
            assertThat((blue + 1) * 127.5 / 50).isCloseTo(Math.rint((blue + 1) * 127.5 / 50), within(1e-5));
            assertThat(batch.getDouble(n, 1, 2, 3) - batch.getDouble(n, 1, 2, 2))
                    .isCloseTo(10 / 127.5, within(1e-5));
            assertThat(batch.getDouble(n, 2, 3, 1) - batch.getDouble(n, 2, 2, 1))
                    .isCloseTo(10 / 127.5, within(1e-5));
        }
    }

    @Test
    void halfOfThePicturesAreMirrored() {
        INDArray batch = photos(new BatchSampler(200, 4, true), new Draw(7, 0, 0, 0));

        long mirrored = IntStream.range(0, 200)
                .filter(n -> batch.getDouble(n, 1, 0, 1) < batch.getDouble(n, 1, 0, 0))
                .count();

        assertThat(mirrored).isBetween(70L, 130L);
    }

    @Test
    void cartoonAndItsSmoothedTwinAreCutAlike() {
        List<PixelImage> twins = PICTURES.stream()
                .map(picture -> {
                    byte[] pixels = picture.pixels().clone();
                    for (int i = 0; i < pixels.length; i++) {
                        pixels[i] += 5;
                    }
                    return PixelImage.bgr(picture.width(), picture.height(), pixels);
                })
                .toList();

        Batch batch = new BatchSampler(6, 4, true)
                .batch(
                        List.of(Domain.CARTOON, Domain.EDGE_SMOOTHED),
                        Map.of("cartoon", PICTURES, "edge-smoothed", twins),
                        new Draw(3, 1, 0, 2));

        INDArray cartoon = batch.of(Domain.CARTOON);
        assertThat(batch.of(Domain.EDGE_SMOOTHED)
                        .sub(cartoon)
                        .equalsWithEps(cartoon.mul(0).addi(5 / 127.5), 1e-5))
                .isTrue();
    }

    @Test
    void domainsAreDrawnIndependently() {
        Batch batch = new BatchSampler(6, 4, true)
                .batch(
                        List.of(Domain.PHOTO, Domain.CARTOON),
                        Map.of("photo", PICTURES, "cartoon", PICTURES),
                        new Draw(3, 1, 0, 2));

        assertThat(batch.of(Domain.PHOTO)).isNotEqualTo(batch.of(Domain.CARTOON));
    }

    @Test
    void twinsInOtherNumbersAreRefused() {
        assertThatThrownBy(() -> new BatchSampler(1, 4, false)
                        .batch(
                                List.of(Domain.EDGE_SMOOTHED),
                                Map.of("cartoon", PICTURES, "edge-smoothed", PICTURES.subList(0, 3)),
                                new Draw(0, 0, 0, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Cannot pair 3 pictures of domain edge-smoothed with 5 of domain cartoon");
    }

    @Test
    void pictureSmallerThanTheCropIsRefused() {
        assertThatThrownBy(() -> photos(new BatchSampler(1, 10, false), new Draw(0, 0, 0, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Cannot cut 10×10 BGR pixels from a picture of 12×9, 3 channels");
    }
}
