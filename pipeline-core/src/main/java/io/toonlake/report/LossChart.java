package io.toonlake.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One training run as the page's script draws it: a column an array, since that is what the chart library takes.
 *
 * @param steps the horizontal axis, rising
 * @param phases where each phase begins and ends
 */
record LossChart(
        long[] steps,
        List<Phase> phases,
        double[] content,
        double[] adversarial,
        double[] real,
        double[] edge,
        double[] fake,
        double[] broadcast,
        double[] compute,
        double[] average) {

    /** More points than a wide screen has pixels only make the page slow. */
    static final int MAX_POINTS = 2000;

    record Phase(String name, long from, long to) {}

    static List<LossChart> of(List<TrainingCurve> trainings) {
        return trainings.stream().map(LossChart::of).toList();
    }

    private static LossChart of(TrainingCurve curve) {
        List<TrainingCurve.Round> rounds = drawn(curve.rounds());
        return new LossChart(
                rounds.stream().mapToLong(TrainingCurve.Round::step).toArray(),
                phases(rounds),
                column(rounds, TrainingCurve.Round::content),
                column(rounds, TrainingCurve.Round::adversarial),
                column(rounds, TrainingCurve.Round::discriminatorReal),
                column(rounds, TrainingCurve.Round::discriminatorEdge),
                column(rounds, TrainingCurve.Round::discriminatorFake),
                column(rounds, TrainingCurve.Round::broadcastSeconds),
                column(rounds, TrainingCurve.Round::computeSeconds),
                column(rounds, TrainingCurve.Round::averageSeconds));
    }

    /** Rounds whose step rises, evenly thinned, with the last one kept. */
    private static List<TrainingCurve.Round> drawn(List<TrainingCurve.Round> rounds) {
        int every = (rounds.size() + MAX_POINTS - 1) / MAX_POINTS;
        List<TrainingCurve.Round> drawn = new ArrayList<>();
        long last = Long.MIN_VALUE;
        for (int i = 0; i < rounds.size(); i++) {
            TrainingCurve.Round round = rounds.get(i);
            boolean kept = (rounds.size() - 1 - i) % every == 0;
            if (kept && round.step() > last) {
                drawn.add(round);
                last = round.step();
            }
        }
        return drawn;
    }

    private static List<Phase> phases(List<TrainingCurve.Round> rounds) {
        List<Phase> phases = new ArrayList<>();
        for (int i = 0; i < rounds.size(); i++) {
            TrainingCurve.Round round = rounds.get(i);
            int latest = phases.size() - 1;
            if (latest >= 0 && phases.get(latest).name().equals(round.phase())) {
                phases.set(latest, new Phase(round.phase(), phases.get(latest).from(), round.step()));
            } else {
                // A phase begins where the one before it ended.
                phases.add(new Phase(
                        round.phase(), i == 0 ? round.step() : rounds.get(i - 1).step(), round.step()));
            }
        }
        return phases;
    }

    private static double[] column(List<TrainingCurve.Round> rounds, ToDoubleFunction<TrainingCurve.Round> value) {
        return rounds.stream().mapToDouble(value).toArray();
    }
}
