package io.toonlake.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.toonlake.image.DecodeLimits;
import io.toonlake.image.ImageDecoder;
import io.toonlake.image.ImageRefusedException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BrokenImagesTest {

    private static final ImageDecoder DECODER = new ImageDecoder(new DecodeLimits(50_000_000, 100_000_000, 32));

    static Stream<BrokenImages.Item> malformed() {
        return Stream.of(1L, 2L, 3L).flatMap(seed -> BrokenImages.malformed(seed, 200).stream());
    }

    @ParameterizedTest
    @MethodSource
    void malformed(BrokenImages.Item item) {
        try {
            DECODER.decode(item.bytes());
        } catch (ImageRefusedException e) {
            assertThat(e.reason()).as(e.getMessage()).isEqualTo(item.expected().orElseThrow());
            return;
        }
        throw new AssertionError(item + " was taken for a picture");
    }

    @Test
    void goodOnesAreDecoded() {
        for (BrokenImages.Item item : BrokenImages.good(5, 40)) {
            assertThatCode(() -> DECODER.decode(item.bytes())).as(item.name()).doesNotThrowAnyException();
        }
    }

    @Test
    void sameSeedGivesSameFiles() {
        var once = BrokenImages.malformed(9, 60);
        var again = BrokenImages.malformed(9, 60);
        for (int i = 0; i < once.size(); i++) {
            assertThat(again.get(i).name()).isEqualTo(once.get(i).name());
            assertThat(again.get(i).bytes()).isEqualTo(once.get(i).bytes());
        }
    }
}
