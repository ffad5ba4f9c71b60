package io.toonlake.packing;

import java.io.Closeable;
import java.io.IOException;

/** A shard that is being written. Not thread-safe. */
public interface Shard extends Closeable {
    /** What {@link #add} returns where a picture cannot be read by its place in the file. */
    long NOWHERE = -1;

    /**
     * Adds a sample after those that are there.
     *
     * @return the byte of the shard at which the picture begins, of which it has its own length; or {@link #NOWHERE}
     */
    long add(Sample sample) throws IOException;

    /** Ends the shard; without it there is none. */
    @Override
    void close() throws IOException;
}
