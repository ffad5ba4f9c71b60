package io.toonlake.training;

import java.io.Serializable;

/**
 * One of the sets of pictures that a plan trains on.
 *
 * @param name in batches and messages
 * @param drawnWith the domain whose places and flips a batch takes: its own name, or that of the domain it is the twin of,
 *     which then has the same pictures in the same order
 */
public record Domain(String name, String drawnWith) implements Serializable {
    /** Photos, what a generator starts from. */
    public static final Domain PHOTO = alone("photo");

    /** Frames of the style. */
    public static final Domain CARTOON = alone("cartoon");

    /** The same frames with their edges smoothed, cut where the frames are cut. */
    public static final Domain EDGE_SMOOTHED = new Domain("edge-smoothed", CARTOON.name());

    /** A domain that is drawn from by itself. */
    public static Domain alone(String name) {
        return new Domain(name, name);
    }
}
