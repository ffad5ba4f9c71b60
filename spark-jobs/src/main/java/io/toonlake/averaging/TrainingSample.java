package io.toonlake.averaging;

import io.toonlake.training.Domain;
import java.io.Serializable;

/** A sample in a worker's share. A class, not a record, for {@link Shard}'s reason. */
final class TrainingSample implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The three domains that a step takes batches of. */
    enum Kind {
        PHOTO(Domain.PHOTO),
        CARTOON(Domain.CARTOON),
        EDGE_SMOOTHED(Domain.EDGE_SMOOTHED);

        private final Domain domain;

        Kind(Domain domain) {
            this.domain = domain;
        }

        /** The domain of training that samples of this kind stand in. */
        Domain domain() {
            return domain;
        }
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
