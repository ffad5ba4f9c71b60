package io.toonlake.network;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Frees native memory without asking who was first. */
final class Freed {
    private Freed() {}

    /** Frees every array given that still holds memory of its own; absent ones, views and freed ones are passed over. */
    static void close(INDArray... arrays) {
        for (INDArray array : arrays) {
            if (array != null && !array.wasClosed() && array.closeable()) {
                array.close();
            }
        }
    }
}
