package io.toonlake.training;

import java.util.SplittableRandom;

/**
 * Which batch it is. Two draws that differ anywhere are independent; the same draw is the same batch everywhere.
 *
 * @param seed of the run
 * @param round of parameter averaging, from 0
 * @param worker logical worker, from 0
 * @param step within the round, from 0
 */
public record Draw(long seed, int round, int worker, int step) {
    /** The random numbers for one purpose within the step, such as drawing from the domain of that name. */
    public SplittableRandom random(String purpose) {
        long mixed = 0;
        for (long part : new long[] {seed, round, worker, step, purpose.hashCode()}) {
            // Hashing each part in before the next comes keeps (1, 0) and (0, 1) apart.
            mixed = new SplittableRandom(mixed + part).nextLong();
        }
        return new SplittableRandom(mixed);
    }
}
