package io.toonlake.averaging;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a round came to.
 *
 * @param state the average, the state of the next round
 * @param examples photos that all workers saw
 * @param losses mean over all workers' steps, by name; only those that the round's phase has
 * @param examplesPerSecond of each worker in its local steps, in worker order
 * @param broadcastSeconds until the last worker had the state
 * @param computeSeconds of the executor that took longest, from its first worker's first step to its last worker's last; with more workers than
 *     cores they go in turns, and this is all turns
 * @param averageSeconds the rest of the round: scheduling, networks that an executor opens before its first step, shuffle, sum, collecting
 */
public record RoundResult(
        Round round,
        float[] state,
        long examples,
        Map<String, Double> losses,
        List<Double> examplesPerSecond,
        double broadcastSeconds,
        double computeSeconds,
        double averageSeconds,
        Instant finished) {}
