package io.toonlake.flickr;

import java.util.List;

/** Where what was found is kept, slice by slice, so that nothing is asked for again that is there. */
public interface KeptSlices {
    /** Whether what was uploaded in that very slice is kept for good. */
    boolean isDone(Slice slice);

    /** Whether a part of it, and not all of it as one, is kept for good: then it was more than one search gives. */
    boolean holdsPartOf(Slice slice);

    /** Keeps what was uploaded in a slice, a line a photo, whole or not at all. */
    void keep(Slice slice, List<String> lines);
}
