package io.toonlake.averaging;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * How many threads native arithmetic uses in this JVM while workers are open. Left alone it would be the machine's cores for each
 * of several workers at once, and they would wait for each other more than they compute.
 */
final class NativeThreads {
    private static int holders;
    private static int before;

    private NativeThreads() {}

    /** Sets the number until as many {@link #release()} as holds have followed. */
    static synchronized void hold(int threads) {
        NativeOps ops = ops();
        if (holders++ == 0) {
            before = ops.ompGetMaxThreads();
        }
        ops.setOmpNumThreads(threads);
    }

    /** Gives back the number that was there before the first hold. */
    static synchronized void release() {
        if (--holders == 0) {
            ops().setOmpNumThreads(before);
        }
    }

    private static NativeOps ops() {
        // An executor may be asked for its threads before anything else of ND4J, whose natives the factory loads.
        Nd4j.getBackend();
        return NativeOpsHolder.getInstance().getDeviceNativeOps();
    }
}
