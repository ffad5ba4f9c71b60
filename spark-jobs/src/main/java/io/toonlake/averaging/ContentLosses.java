package io.toonlake.averaging;

import io.toonlake.training.Phase;

/** The mean content loss of the rounds since the last checkpoint; once there is an adversarial one, of those only. */
final class ContentLosses {
    private Phase phase = Phase.INITIALIZATION;
    private double sum;
    private int rounds;

    void add(RoundResult result) {
        if (result.round().phase() != phase) {
            clear();
            phase = result.round().phase();
        }
        sum += result.losses().getOrDefault("content", Double.POSITIVE_INFINITY);
        rounds++;
    }

    Phase phase() {
        return phase;
    }

    double mean() {
        return rounds == 0 ? Double.POSITIVE_INFINITY : sum / rounds;
    }

    void clear() {
        sum = 0;
        rounds = 0;
    }
}
