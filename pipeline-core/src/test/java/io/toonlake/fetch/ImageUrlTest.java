package io.toonlake.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageUrlTest {
    private static ImageUrl url(String text) {
        return ImageUrl.of(text).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP://Farm6.StaticFlickr.com:80/5/A_b.jpg#top, http://farm6.staticflickr.com/5/A_b.jpg",
        "https://a.example:443, https://a.example/",
        "https://a.example.:8443/x?y=1, https://a.example:8443/x?y=1",
        "http://a.example/ä b|c%zz%20.jpg, http://a.example/%C3%A4%20b%7Cc%25zz%20.jpg"
    })
    void spellingsOfOneUrlBecomeOne(String given, String canonical) {
        assertThat(url(given)).hasToString(canonical);
        assertThat(url(canonical)).as("once is enough").hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "photo.jpg",
                "//a.example/x",
                "ftp://a.example/x",
                "file:///etc/passwd",
                "http:///x",
                "http://me:secret@a.example/x",
                "http://[2001:4860::1]/x",
                "http://a.example:99999/x",
                "http://a.example:0/x"
            })
    void whatCannotBeAskedForIsNone(String given) {
        assertThat(ImageUrl.of(given)).isEmpty();
    }

    @Test
    void httpAndHttpsAreTheSameObject() {
        assertThat(url("http://a.example/x.jpg").object())
                .isEqualTo(url("https://a.example/x.jpg").object());
        assertThat(url("http://a.example/x.jpg").object())
                .isNotEqualTo(url("http://a.example/X.jpg").object());
        assertThat(url("http://a.example/x.jpg").fileName())
                .isEqualTo(url("https://a.example/x.jpg").fileName());
    }

    @Test
    void filesAreNamedByTheirObjects() {
        assertThat(url("http://a.example/5/3_b.JPG?zz=1").fileName())
                .matches("([0-9a-f]{2})/([0-9a-f]{2})/\\1\\2[0-9a-f]{60}\\.jpg");
        assertThat(url("http://a.example/photo").fileName()).matches("../../[0-9a-f]{64}");
        assertThat(url("http://a.example/x.php").fileName()).matches("../../[0-9a-f]{64}");
    }

    @ParameterizedTest
    @CsvSource({
        "/other.jpg, http://a.example/other.jpg",
        "other one.jpg, http://a.example/5/other%20one.jpg",
        "https://b.example/x, https://b.example/x",
        "//b.example/x, http://b.example/x",
        "?v=2, http://a.example/5/x.jpg?v=2"
    })
    void redirectsAreResolved(String location, String target) {
        assertThat(url("http://a.example/5/x.jpg").resolve(location).orElseThrow())
                .hasToString(target);
    }

    @Test
    void aRedirectToAQueryStaysOnItsHost() {
        assertThat(url("http://a.example//img/x.jpg?v=1").resolve("?v=2").orElseThrow())
                .hasToString("http://a.example//img/x.jpg?v=2");
    }

    @Test
    void redirectsToOtherThanTheWebLeadNowhere() {
        assertThat(url("http://a.example/x").resolve("file:///etc/passwd")).isEmpty();
        assertThat(url("http://a.example/x").resolve("http://")).isEmpty();
    }
}
