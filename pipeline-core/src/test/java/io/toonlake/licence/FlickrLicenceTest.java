package io.toonlake.licence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlickrLicenceTest {

    /** Flickr's ids and URLs; what the licences' deeds allow (commercial use, derivatives) and ask for (share-alike, attribution). */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
             0 | All Rights Reserved             | ''  | ''                                                     | no  | no  | no  | yes | left out
             1 | CC BY-NC-SA 2.0                 | 2.0 | https://creativecommons.org/licenses/by-nc-sa/2.0/     | no  | yes | yes | yes | taken
             2 | CC BY-NC 2.0                    | 2.0 | https://creativecommons.org/licenses/by-nc/2.0/        | no  | yes | no  | yes | taken
             3 | CC BY-NC-ND 2.0                 | 2.0 | https://creativecommons.org/licenses/by-nc-nd/2.0/     | no  | no  | no  | yes | left out
             4 | CC BY 2.0                       | 2.0 | https://creativecommons.org/licenses/by/2.0/           | yes | yes | no  | yes | taken
             5 | CC BY-SA 2.0                    | 2.0 | https://creativecommons.org/licenses/by-sa/2.0/        | yes | yes | yes | yes | taken
             6 | CC BY-ND 2.0                    | 2.0 | https://creativecommons.org/licenses/by-nd/2.0/        | yes | no  | no  | yes | left out
             7 | No known copyright restrictions | ''  | https://www.flickr.com/commons/usage/                  | yes | yes | no  | no  | taken
             8 | United States Government Work   | ''  | https://www.usa.gov/copyright.shtml                    | yes | yes | no  | no  | taken
             9 | CC0 1.0                         | 1.0 | https://creativecommons.org/publicdomain/zero/1.0/     | yes | yes | no  | no  | taken
            10 | Public Domain Mark 1.0          | 1.0 | https://creativecommons.org/publicdomain/mark/1.0/     | yes | yes | no  | no  | taken
            11 | CC BY 4.0                       | 4.0 | https://creativecommons.org/licenses/by/4.0/           | yes | yes | no  | yes | taken
            12 | CC BY-SA 4.0                    | 4.0 | https://creativecommons.org/licenses/by-sa/4.0/        | yes | yes | yes | yes | taken
            13 | CC BY-ND 4.0                    | 4.0 | https://creativecommons.org/licenses/by-nd/4.0/        | yes | no  | no  | yes | left out
            14 | CC BY-NC 4.0                    | 4.0 | https://creativecommons.org/licenses/by-nc/4.0/        | no  | yes | no  | yes | taken
            15 | CC BY-NC-SA 4.0                 | 4.0 | https://creativecommons.org/licenses/by-nc-sa/4.0/     | no  | yes | yes | yes | taken
            16 | CC BY-NC-ND 4.0                 | 4.0 | https://creativecommons.org/licenses/by-nc-nd/4.0/     | no  | no  | no  | yes | left out
            """)
    void everyIdHasItsRules(
            int id,
            String title,
            String version,
            String url,
            String commercial,
            String derivatives,
            String shareAlike,
            String attribution,
            String byDefault) {
        FlickrLicence licence = FlickrLicence.of(id).orElseThrow();

        assertThat(licence.title()).isEqualTo(title);
        assertThat(licence.version()).isEqualTo(version);
        assertThat(licence.url()).isEqualTo(url);
        assertThat(licence.allowsCommercialUse()).isEqualTo(commercial.equals("yes"));
        assertThat(licence.allowsDerivatives()).isEqualTo(derivatives.equals("yes"));
        assertThat(licence.requiresShareAlike()).isEqualTo(shareAlike.equals("yes"));
        assertThat(licence.requiresAttribution()).isEqualTo(attribution.equals("yes"));
        assertThat(licence.isLeftOutByDefault()).isEqualTo(byDefault.equals("left out"));
        assertThat(FlickrLicence.named(title, url)).contains(licence);
        assertThat(FlickrLicence.named(title, "")).contains(licence);
    }

    @Test
    void idsAreZeroToSixteen() {
        assertThat(Arrays.stream(FlickrLicence.values()).map(FlickrLicence::id))
                .containsExactlyElementsOf(IntStream.rangeClosed(0, 16).boxed().toList());
        assertThat(FlickrLicence.of(17)).isEmpty();
        assertThat(FlickrLicence.of(-1)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Attribution-NonCommercial-ShareAlike License | http://creativecommons.org/licenses/by-nc-sa/2.0/         |  1
            Attribution-NonCommercial License            | http://creativecommons.org/licenses/by-nc/2.0/            |  2
            Attribution-NonCommercial-NoDerivs License   | http://creativecommons.org/licenses/by-nc-nd/2.0/         |  3
            Attribution License                          | http://creativecommons.org/licenses/by/2.0/               |  4
            Attribution-ShareAlike License               | http://creativecommons.org/licenses/by-sa/2.0/            |  5
            Attribution-NoDerivs License                 | http://creativecommons.org/licenses/by-nd/2.0/            |  6
            No known copyright restrictions              | http://flickr.com/commons/usage/                          |  7
            United States Government Work                | http://www.usa.gov/copyright.shtml                        |  8
            Public Domain Dedication (CC0)               | https://creativecommons.org/publicdomain/zero/1.0/        |  9
            Public Domain Mark                           | https://creativecommons.org/publicdomain/mark/1.0/        | 10
            attribution license                          | HTTPS://CreativeCommons.org/licenses/by/2.0               |  4
            ''                                           | https://creativecommons.org/licenses/by/4.0/deed.en       | 11
            ''                                           | https://creativecommons.org/licenses/by-sa/4.0/legalcode  | 12
            Attribution-NoDerivs License                 | ''                                                        |  6
            All Rights Reserved                          | ''                                                        |  0
            """)
    void yfccsNamesAndUrlsAreKnown(String name, String url, int id) {
        assertThat(FlickrLicence.named(name, url)).map(FlickrLicence::id).contains(id);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                           | ''
            Attribution License          | http://creativecommons.org/licenses/by/3.0/
            Attribution License          | http://creativecommons.org/licenses/by-nd/2.0/
            Attribution License          | http://creativecommons.org/licenses/by/4.0/
            A licence of my own          | http://creativecommons.org/licenses/by/2.0/
            A licence of my own          | ''
            ''                           | http://example.org/licence
            All Rights Reserved          | http://creativecommons.org/licenses/by/2.0/
            """)
    void noGuessIsMade(String name, String url) {
        assertThat(FlickrLicence.named(name, url)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
             0 | All Rights Reserved             | https://www.flickrhelp.com/hc/en-us/articles/10710266545556    | true
             0 | Attribution License             | https://www.flickrhelp.com/hc/en-us/articles/10710266545556    | false
             0 | All Rights Reserved             | https://creativecommons.org/licenses/by/2.0/                   | false
             4 | Attribution License             | https://creativecommons.org/licenses/by/2.0/                   | true
             4 | Whatever it is called           | https://creativecommons.org/licenses/by/2.0/                   | true
             4 | Attribution License             | https://creativecommons.org/licenses/by/5.0/                   | false
             4 | Attribution License             | ''                                                             | false
             4 | Attribution License             | https://creativecommons.org/licenses/by/4.0/                   | false
             8 | United States Government Work   | https://www.usa.gov/government-copyright                       | true
            11 | CC BY 4.0                       | https://creativecommons.org/licenses/by/4.0/                   | true
            """)
    void flickrsWordForAnIdIsHeld(int id, String name, String url, boolean called) {
        assertThat(FlickrLicence.of(id).orElseThrow().isCalled(name, url)).isEqualTo(called);
    }
}
