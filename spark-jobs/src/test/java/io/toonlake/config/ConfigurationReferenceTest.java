package io.toonlake.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {
    private static final Path PAGE = Path.of(System.getProperty("project.root"), "docs/configuration.md");

    private final Config defaults = ConfigFactory.parseResources(Settings.class, "reference.conf");

    /** {@code -Dreference.write=true} writes the page instead. */
    @Test
    void thePageIsThatOfTheDefaults() throws IOException {
        String reference = ConfigurationReference.of(defaults);
        if (Boolean.getBoolean("reference.write")) {
            Files.writeString(PAGE, reference);
        }

        assertThat(Files.readString(PAGE))
                .as(
                        "%s; write it anew with ./mvnw test -pl spark-jobs -am -Dtest=ConfigurationReferenceTest"
                                + " -Dreference.write=true -Dsurefire.failIfNoSpecifiedTests=false",
                        PAGE)
                .isEqualTo(reference);
    }

    @Test
    void everySettingIsInItWithItsDefault() {
        String reference = ConfigurationReference.of(defaults);

        defaults.entrySet().forEach(setting -> assertThat(reference).contains("`" + setting.getKey() + "`"));
        assertThat(reference.lines().filter(line -> line.endsWith("|  |")))
                .as("without a meaning")
                .isEmpty();
        assertThat(reference).contains("| `max-quarantined-fraction` | `0.05` | The largest share of the images read");
    }

    @Test
    void settingsWithoutACommentShareTheOneAbove() {
        String reference = ConfigurationReference.of(ConfigFactory.parseString("""
                # About both.
                job {
                  # One | other,
                  # in pixels.
                  first = [1, 2]
                  second = ""
                  # Another.
                  third = true
                }
                """));

        assertThat(reference).endsWith("""

                ## job

                About both.

                | setting | default | meaning |
                |---|---|---|
                | `job.first`<br>`job.second` | `[1, 2]`<br>`""` | One \\| other, in pixels. |
                | `job.third` | `true` | Another. |
                """);
    }
}
