package io.toonlake.averaging;

import java.io.Serializable;

/** A sample in a worker's share. A class, not a record, for {@link Shard}'s reason. */
final class TrainingSample implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The three domains that a step takes batches of. */
    enum Kind {
        PHOTO,
        CARTOON,
        EDGE_SMOOTHED
    }

    private final Kind kind;
    private final int position;
    private final String name;
    private final byte[] png;

    /**
     * @param position among all samples of its kind, by content hash; an edge-smoothed one has that of its cartoon
     * @param name what messages call it
     */
    TrainingSample(Kind kind, int position, String name, byte[] png) {
        this.kind = kind;
        this.position = position;
        this.name = name;
        this.png = png;
    }

    Kind kind() {
        return kind;
    }

    int position() {
        return position;
    }

    String name() {
        return name;
    }

    byte[] png() {
        return png;
    }
}
