package io.toonlake.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.Config;
import io.toonlake.image.ImageFormat;
import io.toonlake.loss.AdversarialLoss;
import io.toonlake.network.DiscriminatorArchitecture;
import io.toonlake.network.GeneratorArchitecture;
import io.toonlake.network.Padding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @Test
    void defaultsAreValid() {
        Settings settings = Settings.defaults();

        assertThat(settings.maxQuarantinedFraction()).isEqualTo(0.05);
        assertThat(settings.ingest().samplePixels()).isEqualTo(256);
        assertThat(settings.stylize().format()).isEqualTo(ImageFormat.JPEG);
    }

    @Test
    void everyKeyOfTheReferenceIsRead() {
        Config reference = Settings.reference();
        SettingsReader reader = new SettingsReader(reference);

        Settings.read(reader, reference);

        assertThat(reader.keysRead()).containsExactlyElementsOf(UnknownKeys.keys(reference));
        assertThat(reader.problems()).isEmpty();
    }

    @Test
    void everyKeyOfTheReferenceHasACommentOrASectionWithOne() throws IOException {
        List<String> lines = new String(
                        Settings.class.getResourceAsStream("reference.conf").readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8)
                .lines()
                .toList();
        Stream<String> documented = lines.stream().filter(line -> line.strip().startsWith("#"));

        assertThat(documented.count())
                .isGreaterThan(UnknownKeys.keys(Settings.reference()).size() / 2);
    }

    /** Section 4.1 of the paper: 5,402 training photos; 10 epochs of initialization. */
    @ParameterizedTest
    @ValueSource(strings = {"shinkai", "hosoda", "miyazaki", "kon"})
    void presetsOfTheStylesHaveThePapersNetworksAndEpochs(String style) {
        TrainSection paper = preset(style + ".conf").train();
        TrainSection release =
                preset(style + ".conf", "cartoongan-release.conf").train();

        assertThat(paper.training().generator()).isEqualTo(GeneratorArchitecture.published(Padding.ZERO));
        assertThat(paper.training().discriminator()).isEqualTo(DiscriminatorArchitecture.published());
        assertThat(paper.training().contentWeight()).isEqualTo(10);
        assertThat(paper.training().adversarialLoss()).isEqualTo(AdversarialLoss.BCE);
        assertThat(release.training().adversarialLoss()).isEqualTo(AdversarialLoss.LSGAN);
        assertThat(release.training().pastFakes()).isEqualTo(50);
        double roundsPerEpoch = 5402.0
                / (paper.workers()
                        * paper.rounds().stepsPerRound()
                        * paper.training().batchSize());
        assertThat(paper.rounds().initialization()).isEqualTo((int) Math.round(10 * roundsPerEpoch));
        assertThat(paper.rounds().adversarial()).isEqualTo((int) Math.round(100 * roundsPerEpoch));
        assertThat(release.rounds().adversarial()).isEqualTo(2 * paper.rounds().adversarial());
    }

    private static Settings preset(String... names) {
        Path conf = Path.of(System.getProperty("project.root"), "conf");
        return Settings.load(Stream.of(names).map(conf::resolve).toList(), List.of());
    }

    @Test
    void everyPresetLoads() throws IOException {
        Path conf = Path.of(System.getProperty("project.root"), "conf");
        try (Stream<Path> presets = Files.list(conf)) {
            List<Path> files =
                    presets.filter(file -> file.toString().endsWith(".conf")).toList();
            assertThat(files).isNotEmpty();
            files.forEach(file -> Settings.load(List.of(file), List.of()));
        }
    }

    @Test
    void theCommandLineWinsOverFilesAndLaterFilesOverEarlierOnes(@TempDir Path folder) throws IOException {
        Path first = Files.writeString(folder.resolve("first.conf"), "stylize { quality = 1, format = png }");
        Path second = Files.writeString(folder.resolve("second.conf"), "stylize.quality = 2");

        Settings settings = Settings.load(List.of(first, second), List.of("stylize.format=webp"));

        assertThat(settings.stylize().quality()).isEqualTo(2);
        assertThat(settings.stylize().format()).isEqualTo(ImageFormat.WEBP);
    }

    @Test
    void anUnknownKeyFailsWithASuggestion() {
        assertThat(problems("stylise.format=png"))
                .containsExactly(
                        "Unknown setting stylise.format in --set stylise.format=png: did you mean stylize.format?");
        assertThat(problems("quality=80")).singleElement().asString().endsWith("did you mean stylize.quality?");
        assertThat(problems("stylize=png")).singleElement().asString().contains("it is a section, not a value");
    }

    @Test
    void allProblemsAreReportedAtOnce(@TempDir Path folder) {
        Path missing = folder.resolve("missing.conf");

        SettingsException exception = catchThrowableOfType(
                SettingsException.class,
                () -> Settings.load(
                        List.of(missing),
                        List.of(
                                "stylize.quality=0",
                                "stylize.format=gif",
                                "edge.blur-pixels=4",
                                "ingest.test-fraction=many",
                                "ingest.sample.size=1",
                                "nonsense",
                                "stylize.background=white")));

        assertThat(exception.problems())
                .contains(
                        "Cannot read --config " + missing + ": no such file",
                        "Invalid stylize.quality: 0 (must be between 1 and 100)",
                        "Invalid stylize.format: gif (must be one of jpeg, png, webp)",
                        "Invalid edge.blur-pixels: 4 (must be odd and from 1 to 99)",
                        "Invalid ingest.test-fraction: many (must be a number)",
                        "Invalid --set nonsense: write it as key=value",
                        "Invalid stylize.background: white (must be a colour such as #ffffff)")
                .hasSize(8);
    }

    @Test
    void fetchingIsCheckedBeforeAnybodyIsAsked() {
        assertThat(problems(
                        "ingest.fetch.contact=me",
                        "ingest.fetch.max-requests-per-second-per-host=-1",
                        "ingest.fetch.max-connections-per-host=0",
                        "ingest.fetch.attempts=0",
                        "ingest.fetch.total-timeout-seconds=0",
                        "ingest.fetch.opt-out=[NoAI]",
                        "ingest.fetch.placeholders=[\"abc\"]"))
                .containsExactlyInAnyOrder(
                        "Invalid ingest.fetch.contact: me (must be an e-mail address or the URL of a page)",
                        "Invalid ingest.fetch.max-requests-per-second-per-host: -1.0 (must be between 0.0 and 10000.0)",
                        "Invalid ingest.fetch.max-connections-per-host: 0 (must be between 1 and 1000)",
                        "Invalid ingest.fetch.attempts: 0 (must be between 1 and 100)",
                        "Invalid ingest.fetch.total-timeout-seconds: 0.0 (must be between 0.01 and 86400.0)",
                        "Invalid ingest.fetch.opt-out: [NoAI] (must be a list of directives in lower case, such as noai)",
                        "Invalid ingest.fetch.placeholders: [abc] (must be a list of sha256 in lower-case hexadecimal)");
        FetchSection fetch = Settings.load(
                        List.of(),
                        List.of("ingest.fetch.contact=https://example.org/bot", "ingest.limits.max-size=1 MiB"))
                .ingest()
                .fetch();
        assertThat(fetch.asking("1.0").userAgent()).isEqualTo("toonlake/1.0 (+https://example.org/bot)");
        assertThat(fetch.asking("1.0").maxBytes()).isEqualTo(1 << 20);
        assertThat(fetch.asking("1.0").optOutDirectives())
                .containsExactly("noai", "noimageai", "noindex", "noimageindex");
    }

    @Test
    void aFractionIsNoWholeNumber() {
        assertThat(problems("train.batch-size=1.9", "edge.blur-pixels=5.9"))
                .contains(
                        "Invalid train.batch-size: 1.9 (must be a whole number)",
                        "Invalid edge.blur-pixels: 5.9 (must be a whole number)");
    }

    @Test
    void valuesNeedNoQuotes() {
        Settings settings = Settings.load(
                List.of(),
                List.of("stylize.background=#102030", "stylize.engine-memory=2 GiB", "max-quarantined-fraction=0.5"));

        assertThat(settings.stylize().background()).isEqualTo(0x102030);
        assertThat(settings.stylize().engineMemoryBytes()).isEqualTo(2L << 30);
        assertThat(settings.maxQuarantinedFraction()).isEqualTo(0.5);
    }

    @Test
    void theFingerprintFollowsItsSectionsOnly() {
        Settings defaults = Settings.defaults();
        Settings other = Settings.load(List.of(), List.of("edge.canny-low=90"));

        assertThat(other.fingerprint("edge")).isNotEqualTo(defaults.fingerprint("edge"));
        assertThat(other.fingerprint("ingest", "stylize.format"))
                .isEqualTo(defaults.fingerprint("ingest", "stylize.format"));
        assertThat(defaults.fingerprint("edge")).isNotEqualTo(defaults.fingerprint("ingest"));
    }

    @Test
    void aBrokenFileIsNamed(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("broken.conf"), "stylize { quality = ");

        assertThatThrownBy(() -> Settings.load(List.of(file), List.of()))
                .hasMessageStartingWith("Cannot read --config " + file);
    }

    private static List<String> problems(String... assignments) {
        return catchThrowableOfType(SettingsException.class, () -> Settings.load(List.of(), List.of(assignments)))
                .problems();
    }
}
