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
        int number = result.round().number();
        double seconds = result.broadcastSeconds() + result.computeSeconds() + result.averageSeconds();
        metrics.gauge("train.round", () -> number);
        metrics.gauge("train.round-seconds", () -> seconds);
        metrics.gauge("train.compute-seconds", result::computeSeconds);
        metrics.gauge("train.examples-per-second", () -> result.examples() / seconds);
        metrics.count("train.rounds", 1);
        metrics.count("train.examples", result.examples());
        for (Map.Entry<String, Double> loss : result.losses().entrySet()) {
            metrics.gauge("train.loss." + loss.getKey(), loss::getValue);
        }
    }
}
