package io.toonlake.averaging;

import io.toonlake.network.FeatureExtractor;
import java.io.Serializable;

/** Where each worker gets the frozen network from that sees content. */
public interface FeatureSource extends Serializable {
    /** A network of the caller's own. Every call gives one with the same weights. */
    FeatureExtractor open();
}
