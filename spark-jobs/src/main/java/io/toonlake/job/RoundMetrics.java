package io.toonlake.job;

import io.toonlake.averaging.RoundListener;
import io.toonlake.averaging.RoundResult;
import java.util.Map;

/** A training's last round, as {@link RunMetrics}. */
final class RoundMetrics implements RoundListener {
    private final RunMetrics metrics;

    RoundMetrics(RunMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void onRound(RoundResult result) {
        // Of the result itself nothing is held: it has the whole state.
        int number = result.round().number();
        double compute = result.computeSeconds();
        double seconds = result.broadcastSeconds() + compute + result.averageSeconds();
        double rate = result.examples() / seconds;
        metrics.gauge("train.round", () -> number);
        metrics.gauge("train.round-seconds", () -> seconds);
        metrics.gauge("train.compute-seconds", () -> compute);
        metrics.gauge("train.examples-per-second", () -> rate);
        metrics.count("train.rounds", 1);
        metrics.count("train.examples", result.examples());
        for (Map.Entry<String, Double> loss : result.losses().entrySet()) {
            double value = loss.getValue();
            metrics.gauge("train.loss." + loss.getKey(), () -> value);
        }
    }
}
