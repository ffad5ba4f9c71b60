package io.toonlake.averaging;

import io.toonlake.training.Phase;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Stands for training where only the averaging is tested: each step moves every value towards a sample of the worker's share, by an
 * amount that depends on round, worker and step. Its sums do not commute, so that a wrong order shows in the bits.
 */
final class DriftingWorker implements LocalWorker {
    private final int worker;
    private final List<Double> share = new ArrayList<>();

    DriftingWorker(int worker, Iterator<Double> samples) {
        this.worker = worker;
        samples.forEachRemaining(share::add);
    }

    static Round round(int number) {
        return new Round(number, Phase.INITIALIZATION, 3 * (number - 1), 0, 3);
    }

    @Override
    public LocalResult run(Round round, float[] state) {
        float[] next = state.clone();
        double loss = 0;
        for (int step = 0; step < round.steps(); step++) {
            SplittableRandom random = new SplittableRandom(1_000_003L * round.number() + 1_009L * worker + step);
            double target = share.get(random.nextInt(share.size()));
            for (int i = 0; i < next.length; i++) {
                next[i] += (float) (0.1 * random.nextDouble() * (target - next[i]));
            }
            loss += Math.abs(target - next[0]) / round.steps();
        }
        // Unequal on purpose: the weights count.
        return LocalResult.of(next, share.size(), Map.of("content", loss));
    }

    @Override
    public void close() {
        share.clear();
    }
}
