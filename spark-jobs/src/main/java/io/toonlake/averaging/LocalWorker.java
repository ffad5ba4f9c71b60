package io.toonlake.averaging;

/** A worker's arithmetic in one round. Used by one thread at a time, and kept between rounds. */
public interface LocalWorker extends AutoCloseable {
    /**
     * Takes the round's local steps. Equal arguments give equal bits, however often and in whatever order rounds are asked for:
     * a round is repeated where an executor was lost.
     *
     * @param state parameters and optimiser state; must not be changed, other workers read the same array
     */
    LocalResult run(Round round, float[] state);

    @Override
    void close();
}
