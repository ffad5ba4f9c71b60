package io.toonlake.network;

import io.toonlake.device.Engine;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Loops in Java over the memory of ND4J's arrays, for what ND4J has no fast operation for: HotSpot makes vector code of them, and one
 * loop takes the place of several operations, each of which goes through the whole memory.
 *
 * <p>They reach single-precision arrays of a CPU backend. Everything that uses them also has a form in ND4J operations, which runs on
 * any device and in double precision, where its gradients are checked numerically; the tests hold the two forms to each other.
 *
 * <p>Work is shared out among as many threads as ND4J's own operations use. No loop's result depends on their number.
 */
public final class HostLoops {
    /** Less work than this many values is done before another thread has woken up. */
    private static final long MIN_VALUES_PER_THREAD = 1 << 14;

    /** What a direct buffer can address. */
    private static final long MAX_VALUES = Integer.MAX_VALUE / Float.BYTES;

    /** Values worked on at once: a few such lines stay in a core's first cache. */
    public static final int LINE = 2048;

    private static final int LINES = 4;

    /** Kept, since every new one would grow the heap, and loops are many. */
    private static final ThreadLocal<float[][]> SCRATCH = ThreadLocal.withInitial(() -> new float[LINES][LINE]);

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "host-loops");
        thread.setDaemon(true);
        return thread;
    });

    private HostLoops() {}

    /** A part of the work. */
    @FunctionalInterface
    public interface Part {
        /** Does the units from the first (inclusive) to the last (exclusive). */
        void run(int from, int to);
    }

    /** Whether all arrays are single-precision, dense, in C order, and in memory that Java can read. */
    public static boolean reach(INDArray... arrays) {
        if (!Engine.onHost()) {
            return false;
        }
        for (INDArray array : arrays) {
            if (array.dataType() != DataType.FLOAT
                    || array.rank() > 1 && array.ordering() != 'c'
                    || !Shape.hasDefaultStridesForShape(array)
                    || array.offset() + array.length() > MAX_VALUES) {
                return false;
            }
        }
        return true;
    }

    /** The values of an array that is {@link #reach within reach}; index 0 is its first. Read and write by absolute index. */
    public static FloatBuffer values(INDArray array) {
        FloatBuffer buffer = array.data()
                .pointer()
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        int offset = Math.toIntExact(array.offset());
        return offset == 0 ? buffer : buffer.slice(offset, Math.toIntExact(array.length()));
    }

    /**
     * Fills an array, on any device, with values from {@code from} on: ND4J by itself takes them one by one.
     *
     * @param to of floats or doubles, in C order; any shape
     */
    public static void fill(INDArray to, FloatBuffer values, int from) {
        int length = Math.toIntExact(to.length());
        if (reach(to)) {
            values(to).put(0, values, from, length);
            return;
        }
        float[] part = new float[length];
        values.get(from, part);
        try (INDArray loaded = Nd4j.createFromArray(part)) {
            to.assign(loaded.reshape(to.shape()));
        }
    }

    /** Scratch of the current thread, {@link #LINE} values with anything in them: the first to the fourth line, from 0. */
    public static float[] line(int number) {
        return SCRATCH.get()[number];
    }

    /**
     * Runs units of work, in parts side by side.
     *
     * @param valuesPerUnit how much work a unit is
     */
    public static void run(int units, long valuesPerUnit, Part part) {
        long sensible = Math.max(1, units * valuesPerUnit / MIN_VALUES_PER_THREAD);
        inParts(units, (int) Math.min(Math.min(units, sensible), threads()), part);
    }

    /** The same in so many parts. */
    static void inParts(int units, int parts, Part part) {
        if (parts <= 1) {
            part.run(0, units);
            return;
        }
        List<Future<?>> others = new ArrayList<>();
        Throwable failure = null;
        try {
            for (int i = 1; i < parts; i++) {
                int from = (int) ((long) units * i / parts);
                int to = (int) ((long) units * (i + 1) / parts);
                others.add(THREADS.submit(() -> part.run(from, to)));
            }
            part.run(0, units / parts);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        for (Future<?> other : others) {
            Throwable met = await(other);
            if (failure == null) {
                failure = met;
            } else if (met != null && met != failure) {
                failure.addSuppressed(met);
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            // With the caller's trace, whichever thread it met.
            throw new IllegalStateException(failure);
        }
    }

    private static int threads() {
        return NativeOpsHolder.getInstance().getDeviceNativeOps().ompGetMaxThreads();
    }

    /**
     * Native memory may be freed right after, so neither an interrupt nor another part's failure must make anybody leave early.
     *
     * @return what the part failed with, or null
     */
    private static Throwable await(Future<?> part) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    part.get();
                    return null;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    return e.getCause();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
