package io.toonlake.packing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleKeyTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "a.jpg, a",
                "trip/day one/b+c.jpg, trip/day one/b+c",
                "v1.2/a.png.jpg, v1%2E2/a%2Epng",
                "100%.jpg, 100%25",
                "ünï ☂/12:30.jpg, ünï ☂/12:30",
                "__a__/b_.jpg, %5F_a__/b_",
                "a.jpeg, a%2ejpeg",
                "a.jpeg.jpg, a%2Ejpeg",
                "README, README%",
                "..jpg, %2E",
                "a\\b.jpg, a%5Cb",
            })
    void keysHaveNoDots(String place, String key) {
        assertThat(SampleKey.of(place, "jpg")).isEqualTo(key);
    }

    @Test
    void noTwoPlacesHaveTheSameKey() {
        List<String> parts = List.of("a", ".", "%", "%2E", "%2e", "_", "jpg", ".jpg", ".jpeg");
        List<String> places = parts.stream()
                .flatMap(one -> parts.stream().flatMap(two -> parts.stream().map(three -> one + two + three)))
                .flatMap(place -> Stream.of(place, place + ".jpg"))
                .distinct()
                .toList();

        assertThat(places.stream().map(place -> SampleKey.of(place, "jpg")))
                .doesNotHaveDuplicates()
                .noneMatch(key -> key.contains("."));
    }
}
