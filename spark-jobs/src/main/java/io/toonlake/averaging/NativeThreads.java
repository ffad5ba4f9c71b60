package io.toonlake.averaging;

import java.util.function.Supplier;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * How many threads native arithmetic uses for a worker. Left alone it would be the machine's cores for each of several workers at once,
 * and they would wait for each other more than they compute.
 *
 * <p>OpenMP keeps the number for each calling thread, and Spark runs a worker's rounds on whichever thread of its pool is free. So it is
 * set for as long as a worker computes, each time: set once, it would hold for some rounds and not for others, whose sums would
 * be rounded otherwise.
 */
final class NativeThreads {
    private NativeThreads() {}

    /** Does {@code work} with that many threads, and leaves the calling thread as it was. */
    static <T> T with(int threads, Supplier<T> work) {
        // An executor may be asked for its threads before anything else of ND4J, whose natives the factory loads.
        Nd4j.getBackend();
        NativeOps ops = NativeOpsHolder.getInstance().getDeviceNativeOps();
        int before = ops.ompGetMaxThreads();
        ops.setOmpNumThreads(threads);
        try {
            return work.get();
        } finally {
            ops.setOmpNumThreads(before);
        }
    }
}
