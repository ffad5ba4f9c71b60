package io.toonlake.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Every run with its counts; settings, figures and fingerprints unfold. */
final class Runs {

    static final int MAX_RUNS = 100;

    private Runs() {}

    static void write(Html html, ReportData data) {
        Sections.begin(html, "runs", "Runs");
        if (data.runs().isEmpty()) {
            Sections.nothing(html, "No job has run yet.");
        }
        data.runs().stream().limit(MAX_RUNS).forEach(run -> run(html, run));
        if (data.runs().size() > MAX_RUNS) {
            html.element(
                    "p",
                    "… and " + Words.count(data.runs().size() - MAX_RUNS) + " earlier: table runs lists them all.",
                    "class",
                    "small");
        }
        html.close();
    }

    private static void run(Html html, RunSummary run) {
        html.open("details", "class", "run").open("summary");
        html.element("span", run.job(), "class", "job");
        html.element("span", run.outcome(), "class", run.outcome().equals("done") ? "outcome done" : "outcome other");
        html.element("span", Words.time(run.started()), "class", "when");
        html.element("span", Words.duration(run.seconds()), "class", "took");
        html.element("span", counts(run), "class", "counts").close();
        html.open("div", "class", "columns");
        html.open("div").element("h4", "Settings");
        if (run.settings().isEmpty()) {
            Sections.nothing(html, "None recorded.");
        } else {
            Sections.facts(html, run.settings());
        }
        html.close().open("div");
        if (!run.figures().isEmpty()) {
            Map<String, String> figures = new LinkedHashMap<>();
            run.figures().forEach((name, value) -> figures.put(name, Words.number(value)));
            html.element("h4", "Figures");
            Sections.facts(html, figures);
        }
        html.element("h4", "Fingerprints");
        if (run.fingerprints().isEmpty()) {
            Sections.nothing(html, "None recorded.");
        } else {
            Sections.facts(html, run.fingerprints());
        }
        html.open("p", "class", "small").text("Run ").element("code", run.id()).close();
        html.close().close().close();
    }

    private static String counts(RunSummary run) {
        return run.counts().entrySet().stream()
                .map(count -> Words.count(count.getValue()) + " " + count.getKey())
                .collect(Collectors.joining(" · "));
    }
}
