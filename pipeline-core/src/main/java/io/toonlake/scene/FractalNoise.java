package io.toonlake.scene;

/**
 * Smooth random fields: value noise on a hashed lattice, summed over octaves of doubling frequency and halving strength
 * (fractional Brownian motion), as in Ebert et al., "Texturing and Modeling", chapter 2.
 */
final class FractalNoise {

    private final int seed;

    FractalNoise(long seed) {
        this.seed = (int) (seed ^ seed >>> 32);
    }

    /** The sum over octaves at a point; its period is 1 in the first octave. About [-1, 1], 0 on average. */
    double at(double x, double y, int octaves) {
        double sum = 0;
        double strength = 0.5;
        double frequency = 1;
        for (int octave = 0; octave < octaves; octave++) {
            sum += strength * smooth(x * frequency, y * frequency, octave);
            frequency *= 2;
            strength /= 2;
        }
        return 1.6 * sum;
    }

    private double smooth(double x, double y, int octave) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double u = ease(x - left);
        double v = ease(y - top);
        double above = lattice(left, top, octave) * (1 - u) + lattice(left + 1, top, octave) * u;
        double below = lattice(left, top + 1, octave) * (1 - u) + lattice(left + 1, top + 1, octave) * u;
        return above * (1 - v) + below * v;
    }

    private static double ease(double t) {
        return t * t * (3 - 2 * t);
    }

    /** A number in [-1, 1) that depends on the lattice point alone. */
    private double lattice(int x, int y, int octave) {
        int hash = seed + octave * 0x632BE5AB;
        hash = (hash ^ x * 0x27D4EB2D) * 0x85EBCA6B;
        hash = (hash ^ hash >>> 15 ^ y * 0x165667B1) * 0xC2B2AE35;
        hash ^= hash >>> 13;
        hash *= 0x9E3779B1;
        hash ^= hash >>> 16;
        return hash / 2147483648.0;
    }
}
