package io.toonlake.job;

import io.toonlake.storage.UnreachableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;

/**
 * The part of a JVM's heap that may be taken by pictures which its tasks decode, prepare or stylize at the same time. A task that finds it taken
 * waits for others to be done with theirs: many large photos at once would fill the heap otherwise, which ends the process with all that is
 * under way in it. Whoever asks first is served first.
 *
 * <p>What a picture takes for itself is added up. What it takes only while an engine works on it is not, since engines work on one picture after the other:
 * there is room for the most that any picture asks for.
 */
final class PictureMemory {
    /** Three quarters of the heap; the rest is for Spark, for files before they are decoded and for what is not counted. */
    static final PictureMemory OF_THIS_JVM =
            new PictureMemory(Runtime.getRuntime().maxMemory() / 4 * 3);

    /** Of a pixel while a file is decoded ({@link io.toonlake.image.DecodeLimits}). */
    static final long DECODING_BYTES = 12;

    /** Of a pixel once it is. */
    static final long DECODED_BYTES = 4;

    private final long all;
    private final Queue<Object> waiting = new ArrayDeque<>();
    private final List<Long> engineNeeds = new ArrayList<>();
    private long held;

    PictureMemory(long bytes) {
        this.all = bytes;
    }

    /** A picture's memory, taken until it is closed. */
    final class Share implements AutoCloseable {
        private final long engineBytes;
        private long own;
        private boolean closed;

        private Share(long own, long engineBytes) {
            this.own = own;
            this.engineBytes = engineBytes;
        }

        /** From now on it takes no more than this for itself. */
        void shrink(long bytes) {
            synchronized (PictureMemory.this) {
                if (!closed && bytes < own) {
                    held -= own - bytes;
                    own = bytes;
                    PictureMemory.this.notifyAll();
                }
            }
        }

        @Override
        public void close() {
            synchronized (PictureMemory.this) {
                if (!closed) {
                    closed = true;
                    held -= own;
                    engineNeeds.remove((Object) engineBytes);
                    PictureMemory.this.notifyAll();
                }
            }
        }
    }

    /**
     * Waits for memory. Whoever asks for more than there is gets it once nobody else has any. One that has a share must not ask for another.
     *
     * @param own for the picture itself
     * @param engineBytes beside that, while engines work on it: of one picture for each that works at once
     * @throws UnreachableException if the thread is interrupted, which a cancelled job's are
     */
    synchronized Share take(long own, long engineBytes) {
        Object ticket = new Object();
        waiting.add(ticket);
        try {
            while (waiting.peek() != ticket || !fits(own, engineBytes)) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnreachableException("Cannot go on with a photo that waits for memory: the job was cancelled", e);
        } finally {
            waiting.remove(ticket);
            notifyAll();
        }
        held += own;
        engineNeeds.add(engineBytes);
        return new Share(own, engineBytes);
    }

    private boolean fits(long own, long engineBytes) {
        return engineNeeds.isEmpty() || held + own + Math.max(engineBytes, Collections.max(engineNeeds)) <= all;
    }
}
