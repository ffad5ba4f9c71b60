package io.toonlake.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.testing.ImageFiles;
import io.toonlake.testing.ReferenceData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PerceptualHashTest {

    private static final ImageDecoder DECODER = new ImageDecoder(new DecodeLimits(50_000_000, 50_000_000, 1));

    @Test
    void reencodingMovesFewBits() throws ImageRefusedException {
        PixelImage picture = ImageFiles.picture(1, 300, 200);
        PixelImage again = DECODER.decode(new ImageEncoder().encode(picture, ImageFormat.JPEG, 60))
                .image();
        assertThat(PerceptualHash.distance(PerceptualHash.of(picture), PerceptualHash.of(again)))
                .isLessThanOrEqualTo(4);
    }

    @Test
    void differentBrightnessGivesDifferentHash() {
        byte[] stripes = new byte[64 * 64 * 3];
        byte[] rings = new byte[64 * 64 * 3];
        for (int i = 0; i < stripes.length; i++) {
            int x = i / 3 % 64 - 32;
            int y = i / 3 / 64 - 32;
            stripes[i] = (byte) (x / 8 % 2 == 0 ? 20 : 220);
            rings[i] = (byte) ((x * x + y * y) / 150 % 2 == 0 ? 20 : 220);
        }
        long one = PerceptualHash.of(PixelImage.bgr(64, 64, stripes));
        long other = PerceptualHash.of(PixelImage.bgr(64, 64, rings));
        assertThat(PerceptualHash.distance(one, other)).isGreaterThan(10);
    }

    @Test
    void photosAreFarApartAndTheirCopiesNear() throws Exception {
        List<Path> files;
        try (Stream<Path> listed = Files.list(ReferenceData.require("photos"))) {
            files = listed.sorted().toList();
        }
        long[] hashes = new long[files.size()];
        int farthestCopy = 0;
        int nearestOther = 64;
        for (int i = 0; i < hashes.length; i++) {
            PixelImage photo = DECODER.decode(Files.readAllBytes(files.get(i))).image();
            hashes[i] = PerceptualHash.of(photo);
            PixelImage half = photo.resize(photo.width() / 2, photo.height() / 2);
            PixelImage copy = DECODER.decode(new ImageEncoder().encode(half, ImageFormat.JPEG, 60))
                    .image();
            farthestCopy = Math.max(farthestCopy, PerceptualHash.distance(hashes[i], PerceptualHash.of(copy)));
            for (int j = 0; j < i; j++) {
                nearestOther = Math.min(nearestOther, PerceptualHash.distance(hashes[i], hashes[j]));
            }
        }
        assertThat(farthestCopy).as("half the size, JPEG quality 60").isLessThanOrEqualTo(4);
        assertThat(nearestOther).as("different photos").isGreaterThanOrEqualTo(14);
    }
}
