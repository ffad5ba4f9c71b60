package io.toonlake.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Loss curves, which the page's script draws, and the same in a few numbers, which need no script. */
final class Losses {

    private Losses() {}

    static void write(Html html, ReportData data) {
        Sections.begin(html, "losses", "Training");
        if (data.trainings().isEmpty()) {
            Sections.nothing(html, "No model has been trained here yet.");
        }
        for (int i = 0; i < data.trainings().size(); i++) {
            training(html, data.trainings().get(i), i);
        }
        html.close();
    }

    private static void training(Html html, TrainingCurve curve, int index) {
        html.element("h3", curve.label());
        html.open("p", "class", "small").text("Run ").element("code", curve.run());
        html.text(", " + Words.count(curve.rounds().size(), "round") + " of parameter averaging");
        if (!curve.features().isEmpty()) {
            html.text("; content loss on " + curve.features());
        }
        html.close();
        if (curve.rounds().isEmpty()) {
            Sections.nothing(html, "This run has finished no round.");
            return;
        }
        html.open("div", "class", "charts");
        chart(html, index, "content", "Generator: content loss");
        chart(html, index, "game", "Generator against discriminator: adversarial losses");
        chart(html, index, "time", "Where a round's time goes");
        html.close();
        if (curve.rounds().size() > LossChart.MAX_POINTS) {
            html.element(
                    "p",
                    "The charts show every " + (curve.rounds().size() + LossChart.MAX_POINTS - 1) / LossChart.MAX_POINTS
                            + "th round.",
                    "class",
                    "small");
        }
        phases(html, curve.rounds());
        samplePictures(html, curve);
    }

    /** A row a photo, a column a round. */
    private static void samplePictures(Html html, TrainingCurve curve) {
        if (curve.samplePictures().isEmpty()) {
            return;
        }
        html.element("h4", "The same photos in the course of the training");
        html.open("div", "class", "course");
        curve.samplePictures().stream()
                .flatMap(round -> round.pictures().keySet().stream())
                .distinct()
                .forEach(photo -> {
                    html.open("div", "class", "views");
                    for (TrainingCurve.SamplePictures round : curve.samplePictures()) {
                        Picture picture = round.pictures().get(photo);
                        if (picture != null) {
                            String label = round.round() == 0 ? "photo" : "round " + Words.count(round.round());
                            Pictures.view(html, "step", label, picture, photo);
                        }
                    }
                    html.close();
                });
        html.close();
    }

    private static void chart(Html html, int training, String kind, String title) {
        html.open("div", "class", "chart").element("h4", title);
        html.open("div", "class", "plot", "data-training", "" + training, "data-kind", kind)
                .close()
                .close();
    }

    private static void phases(Html html, List<TrainingCurve.Round> rounds) {
        Sections.table(
                html,
                "Phase",
                "#Rounds",
                "#Steps",
                "#Content loss",
                "#Colour",
                "#Total variation",
                "#Adversarial",
                "#Real",
                "#Edge-smoothed",
                "#Generated",
                "#Time",
                "#Computing",
                "#Photos/s of a worker",
                "#Learning rates");
        for (int from = 0; from < rounds.size(); ) {
            int to = from + 1;
            while (to < rounds.size()
                    && rounds.get(to).phase().equals(rounds.get(from).phase())) {
                to++;
            }
            phase(
                    html,
                    rounds.subList(from, to),
                    from == 0 ? 0 : rounds.get(from - 1).step());
            from = to;
        }
        Sections.endTable(html);
        html.element(
                "p",
                "First round → last round of each phase. Real, edge-smoothed and generated are the discriminator's losses on"
                        + " what it is shown. Photos/s are those of the slowest and the fastest worker while they compute, medians"
                        + " over the rounds. Learning rates are the generator's and the discriminator's.",
                "class",
                "small");
    }

    private static void phase(Html html, List<TrainingCurve.Round> rounds, long before) {
        TrainingCurve.Round first = rounds.get(0);
        TrainingCurve.Round last = rounds.get(rounds.size() - 1);
        double seconds =
                rounds.stream().mapToDouble(TrainingCurve.Round::seconds).sum();
        double computing =
                rounds.stream().mapToDouble(TrainingCurve.Round::computeSeconds).sum();
        html.open("tr").element("th", first.phase(), "scope", "row");
        Sections.number(html, rounds.size());
        Sections.number(html, last.step() - before);
        List<String> cells = new ArrayList<>();
        cells.add(course(first.content(), last.content()));
        cells.add(course(first.color(), last.color()));
        cells.add(course(first.totalVariation(), last.totalVariation()));
        cells.add(course(first.adversarial(), last.adversarial()));
        cells.add(course(first.discriminatorReal(), last.discriminatorReal()));
        cells.add(course(first.discriminatorEdge(), last.discriminatorEdge()));
        cells.add(course(first.discriminatorFake(), last.discriminatorFake()));
        cells.add(Words.duration(seconds));
        cells.add(Words.percent(computing, seconds));
        cells.add(speeds(rounds));
        cells.add(rates(first) + " → " + rates(last));
        cells.forEach(cell -> html.element("td", cell, "class", "number"));
        html.close();
    }

    private static String speeds(List<TrainingCurve.Round> rounds) {
        double slowest = median(rounds, DoubleStream::min);
        double fastest = median(rounds, DoubleStream::max);
        return Double.isNaN(slowest) ? "–" : Words.loss(slowest) + " to " + Words.loss(fastest);
    }

    private static double median(List<TrainingCurve.Round> rounds, Function<DoubleStream, OptionalDouble> ofWorkers) {
        double[] sorted = rounds.stream()
                .map(round -> ofWorkers.apply(round.examplesPerSecond().stream().mapToDouble(Double::doubleValue)))
                .flatMapToDouble(OptionalDouble::stream)
                .sorted()
                .toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    private static String rates(TrainingCurve.Round round) {
        return Stream.of(round.generatorRate(), round.discriminatorRate())
                .filter(Double::isFinite)
                .map(rate -> String.format(Locale.ROOT, "%.1e", rate))
                .collect(Collectors.joining(" and "));
    }

    private static String course(double first, double last) {
        return Double.isFinite(first) || Double.isFinite(last) ? Words.loss(first) + " → " + Words.loss(last) : "–";
    }
}
