package io.toonlake.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReportWriterTest {

    private static final ReportData FULL = SampleReports.full(64, 48);

    private final ReportWriter writer = new ReportWriter();
    private final ReportData full = FULL;
    private final String page = writer.html(full);

    @Test
    void pageIsWellFormed() {
        // Every element is closed in its order, and attributes are quoted.
        assertThat(Markup.elements(page))
                .contains("section", "table", "figure", "img", "script")
                .hasSizeGreaterThan(500);
        assertThat(Markup.elements(writer.html(SampleReports.empty()))).contains("section");
    }

    @Test
    void collectionsAreShownWithTheirHistogramsAndSamples() {
        assertThat(page)
                .contains(
                        "4,120 photo samples and 160 cartoon samples.",
                        "a cartoon is seen 25.8 times while every photo is seen once")
                .contains("Of 400 samples: mean brightness 118 of 255, mean contrast 52.")
                .contains("<h4>Licence</h4>", "CC BY &lt;2.0&gt;")
                .contains("75.0 %");
        assertThat(writer.html(SampleReports.empty())).contains("<section id=\"collections\">");
    }

    @Test
    void aTrainingSaysWhatItsContentLossCompared() {
        assertThat(page).contains("of parameter averaging; content loss on random features, seed 1");
    }

    @Test
    void runsShowWhatTheyMeasured() {
        assertThat(page)
                .containsPattern("<dt>psnr</dt>\\s*<dd>\\s*<code>36\\.45</code>")
                .containsPattern("<dt>cores</dt>\\s*<dd>\\s*<code>2</code>")
                .containsOnlyOnce("<h4>Figures</h4>");
    }

    @Test
    void pageAsksTheNetworkForNothing() {
        assertThat(Markup.attributes(page, "src")).isNotEmpty().allMatch(source -> source.startsWith("data:image/"));
        assertThat(Markup.attributes(page, "href")).isNotEmpty().allMatch(link -> link.startsWith("#"));
        assertThat(Markup.elements(page)).doesNotContain("link", "iframe", "object", "embed", "base", "form", "video");
        String withoutLibrarysOwnName = page.replace("https://github.com/leeoniya/uPlot", "");
        assertThat(withoutLibrarysOwnName).doesNotContainPattern("https?://|@import|url\\(");
    }

    @Test
    void policyForbidsTheNetworkAndNamesEveryScriptAndStyleByItsHash() {
        String policy = Markup.attributes(page, "content").get(0);
        assertThat(policy)
                .startsWith("default-src 'none'; img-src data:; script-src 'sha256-")
                .doesNotContain("unsafe", "http", "*");
        assertThat(Markup.hashes(page, "<script>", "</script>")).hasSize(2).allMatch(policy::contains);
        assertThat(Markup.hashes(page, "<style>", "</style>")).hasSize(1).allMatch(policy::contains);
        // A style attribute or an event handler would be dead under this policy.
        assertThat(Markup.attributes(page, "style")).isEmpty();
        assertThat(Markup.attributes(page, "onclick")).isEmpty();
    }

    @Test
    void hostileTextIsShownAsText() {
        assertThat(page)
                .doesNotContain("<script>alert", "<img src=x")
                .contains("photos/&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\\u202Egnp.jpg")
                .contains("&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt; \\u0000 {{script}} $1");
    }

    @Test
    void hostileTextCannotEndTheChartData() throws IOException {
        TrainingCurve hostile = new TrainingCurve(
                "run",
                "</script>",
                "<script>",
                List.of(new TrainingCurve.Round(
                        1, "</script><!--<script>", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, List.of())),
                List.of());
        String html = writer.html(reportOf(List.of(hostile)));

        assertThat(Markup.elements(html).stream().filter("script"::equals)).hasSize(3);
        assertThat(charts(html).get(0).get("phases").get(0).get("name").asText())
                .isEqualTo("</script><!--<script>");
    }

    @Test
    void countsShownAreTheData() {
        CollectionCounts total = full.total();
        assertThat(total.read())
                .isEqualTo(1_247)
                .isEqualTo(total.accepted() + total.duplicates() + total.quarantined());
        assertThat(page)
                .contains("<strong>1,247</strong><span class=\"what\">images read</span>")
                .contains("= 1,100 accepted + 43 duplicates + 104 quarantined")
                .contains("<strong>4,280</strong><span class=\"what\">training samples</span>")
                .contains("<strong>144</strong><span class=\"what\">edge-smoothed</span>")
                .contains("<strong>106</strong><span class=\"what\">pictures stylized</span>")
                .contains("<p>104 images refused, kept where they were.</p>")
                .contains(">61</td><td class=\"number\">58.7 %</td>")
                .contains("1,204 read · 1,060 done · 41 unchanged · 103 quarantined")
                .doesNotContain("do not add up");
    }

    @Test
    void countsThatContradictEachOtherAreNotHidden() {
        ReportData data = new ReportData(
                "t",
                "file:/lake",
                Instant.EPOCH,
                List.of(),
                List.of(new CollectionCounts("photo", "flickr", 10, 0, 3, 5, 4, 0, 0)),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of("empty", 2L),
                List.of(),
                List.of(),
                List.of());

        assertThat(writer.html(data))
                .contains("Collection flickr: 5 train + 4 test pictures are not its 10 accepted ones")
                .contains("The collections count 3 quarantined images, the reasons only 2");
    }

    @Test
    void longListsAreCutAndSayHowMuchIsMissing() {
        RunSummary run = full.runs().get(0);
        Comparison pair = full.pictures().get(0);
        ReportData data = new ReportData(
                "t",
                "file:/lake",
                Instant.EPOCH,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Collections.nCopies(30, pair),
                List.of(),
                List.of(),
                Map.of("truncated", 5_000L),
                SampleReports.quarantine(300),
                List.of(),
                Collections.nCopies(150, run));
        String html = writer.html(data);

        assertThat(html)
                .contains("… and 4,800 more: table quarantine lists them all.")
                .contains("… and 50 earlier: table runs lists them all.")
                .contains("… and 6 more.");
        assertThat(Markup.elements(html).stream().filter("figure"::equals)).hasSize(24);
        assertThat(Markup.elements(html).stream().filter("details"::equals)).hasSize(100);
        assertThat(html.split("<td class=\"path\">", -1)).hasSize(200 + 1);
    }

    @Test
    void emptyLakeSaysSoInEverySection() {
        assertThat(writer.html(SampleReports.empty()))
                .contains("No collection has been ingested yet.", "No picture has been stylized yet.")
                .contains("No model has been trained here yet.", "No cartoon has been edge-smoothed yet.")
                .contains("Nothing was refused.", "No model has been trained or imported yet.", "No job has run yet.")
                .doesNotContain("<table>", "NaN");
    }

    @Test
    void notesOfTheCallerAndOfTheModelAreShown() {
        assertThat(page).contains("This is a demo model: a narrow generator", ">random-feature content loss</p>");
    }

    @Test
    void chartDataHoldsTheLossesAndTheirPhases() throws IOException {
        JsonNode chart = charts(page).get(0);

        assertThat(chart.get("steps")).hasSize(90);
        assertThat(chart.get("steps").get(89).asLong()).isEqualTo(720);
        assertThat(chart.get("content").get(0).asDouble())
                .isEqualTo(full.trainings().get(0).rounds().get(0).content());
        assertThat(chart.get("edge").get(0).isNull())
                .as("no discriminator in the initialization phase")
                .isTrue();
        assertThat(chart.get("phases").toString())
                .isEqualTo(
                        "[{\"name\":\"initialization\",\"from\":8,\"to\":160},{\"name\":\"adversarial\",\"from\":160,\"to\":720}]");
    }

    @Test
    void longTrainingIsThinnedToItsLastRound() {
        List<LossChart> charts =
                LossChart.of(List.of(new TrainingCurve("r", "l", "", SampleReports.rounds(10, 9_000), List.of())));

        assertThat(charts.get(0).steps())
                .hasSizeBetween(1_500, LossChart.MAX_POINTS)
                .isSorted()
                .endsWith(8 * 9_010L);
    }

    @Test
    void roundsThatWereRepeatedAfterAResumeAreDrawnOnce() {
        List<TrainingCurve.Round> rounds = SampleReports.rounds(3, 0);
        List<TrainingCurve.Round> resumed = List.of(rounds.get(0), rounds.get(1), rounds.get(1), rounds.get(2));

        assertThat(LossChart.of(List.of(new TrainingCurve("r", "l", "", resumed, List.of())))
                        .get(0)
                        .steps())
                .containsExactly(8, 16, 24);
    }

    @Test
    void jsonHoldsTheSameData() throws IOException {
        JsonNode json = new ObjectMapper().readTree(writer.json(full));

        assertThat(json.get("made").asText()).isEqualTo("2026-03-01T04:05:06Z");
        assertThat(json.get("collections").get(0).get("read").asLong()).isEqualTo(1_204);
        assertThat(json.get("quarantine").get(0).get("path").asText()).isEqualTo(SampleReports.HOSTILE_PATH);
        assertThat(json.get("quarantineReasons").get("truncated").asLong()).isEqualTo(61);
        assertThat(json.get("trainings").get(0).get("rounds")).hasSize(90);
        assertThat(json.get("trainings")
                        .get(0)
                        .get("rounds")
                        .get(0)
                        .get("adversarial")
                        .isNull())
                .isTrue();
        assertThat(json.get("pictures")
                        .get(0)
                        .get("views")
                        .get(0)
                        .get("picture")
                        .get("sha256")
                        .asText())
                .matches("[0-9a-f]{64}");
        assertThat(json.get("runs").get(0).get("settings").get("edge.canny-low").asText())
                .isEqualTo("100");
    }

    @Test
    void picturesOfSeveralModelsStandInARowAndTakeNoPartInSliding() {
        Comparison pair = full.pictures().get(0);
        List<Comparison.View> views = new ArrayList<>(pair.views());
        views.add(new Comparison.View("another model", views.get(1).picture()));
        String html = writer.html(with(new Comparison("three.jpg", views)));

        assertThat(html)
                .containsSubsequence(
                        "<figure class=\"row\">", ">photo<", ">demo model<", ">another model<", "<figcaption>three.jpg")
                .doesNotContain("type=\"range\"", "Compare with a slider</button>");
        assertThat(writer.html(with(pair))).contains("<figure class=\"pair\">", "type=\"range\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Comparison("alone.jpg", views.subList(0, 1)))
                .withMessageContaining("alone.jpg");
    }

    private static ReportData with(Comparison comparison) {
        ReportData empty = SampleReports.empty();
        return new ReportData(
                empty.title(),
                empty.tables(),
                empty.made(),
                empty.notes(),
                empty.collections(),
                empty.audits(),
                empty.stylized(),
                List.of(comparison),
                empty.edges(),
                empty.trainings(),
                empty.quarantineReasons(),
                empty.quarantine(),
                empty.models(),
                empty.runs());
    }

    @Test
    void courseOfTrainingIsShown() throws IOException {
        assertThat(page)
                .contains("The same photos in the course of the training")
                .containsSubsequence("photo: 0a1b2c3d, test split", "round 90: 0a1b2c3d, test split")
                .as("medians over the adversarial rounds, of the slower and of the faster worker")
                .containsPattern(">3\\.[45]\\d* to 4\\.50*<")
                .contains(">2.0e-04 → 2.0e-04<", ">1.0e-05 and 5.0e-06 → 1.0e-05 and 5.0e-06<");
        JsonNode training =
                new ObjectMapper().readTree(writer.json(full)).get("trainings").get(0);
        assertThat(training.at("/samplePictures/1/round").asInt()).isEqualTo(90);
        assertThat(training.at("/rounds/80/examplesPerSecond").toString()).startsWith("[4.5,3.");
    }

    @Test
    void pictureThatNoBrowserShowsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Picture("image/svg+xml", new byte[0], 1, 1))
                .withMessageStartingWith("Invalid media type of a picture: image/svg+xml");
    }

    private static ReportData reportOf(List<TrainingCurve> trainings) {
        return new ReportData(
                "t",
                "file:/lake",
                Instant.EPOCH,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                trainings,
                Map.of(),
                List.of(),
                List.of(),
                List.of());
    }

    private static JsonNode charts(String html) throws IOException {
        Matcher data = Pattern.compile("<script type=\"application/json\" id=\"charts\">(.*?)</script>", Pattern.DOTALL)
                .matcher(html);
        assertThat(data.find()).isTrue();
        return new ObjectMapper().readTree(data.group(1));
    }
}
