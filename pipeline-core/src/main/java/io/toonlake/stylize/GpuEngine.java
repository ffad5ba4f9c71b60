package io.toonlake.stylize;

import io.toonlake.model.Model;
import io.toonlake.network.GeneratorArchitecture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * A generator on a GPU: whole pictures, and tiles for those that it does not make whole, most of all for want of its memory. How much that takes is
 * not calculated beforehand, since it hangs on the algorithms that cuDNN chooses for the GPU: the first picture that fails while it has the GPU to
 * itself says it, and from its size on all are made in tiles. Their maps are in the host's memory, so a GPU of a few gigabytes makes any picture.
 *
 * <p>Several sessions make whole pictures at once. ONNX Runtime keeps how to convolve a size (cuDNN's plans) until the next picture of a session has
 * another, and looking it up anew takes the CPU longer than the GPU needs for a picture: so a picture goes to the session that made its size last, and
 * while one session looks something up, or has a picture on its way to the GPU and back, another computes. Where a picture goes alone that did not go
 * beside others, half as many sessions go on. Safe for use by as many threads as there are sessions; more wait.
 */
final class GpuEngine implements StylizingEngine {
    /** Loads one of the engines that it is made of. */
    @FunctionalInterface
    interface Opener {
        StylizingEngine open(EngineKind kind);
    }

    /** One picture's at a time. */
    private static final class Session {
        private StylizingEngine engine;
        private EngineKind kind;
        private int width;
        private int height;
        private boolean busy;
        private long bytes;
        private long heapBytes;
        /** How many sessions there might be when it was taken. */
        private int among;

        boolean made(int itsWidth, int itsHeight) {
            return kind == EngineKind.ONNXRUNTIME && width == itsWidth && height == itsHeight;
        }

        void close() {
            StylizingEngine closing = engine;
            engine = null;
            kind = null;
            width = 0;
            if (closing != null) {
                closing.close();
            }
        }
    }

    private final String fingerprint;
    private final GeneratorArchitecture architecture;
    private final EngineKind first;
    private final long maxBytes;
    /** What networks' inputs and outputs may take of the heap together, where one does not take more: the rest is for what tasks decode. */
    private final long maxHeapBytes = Runtime.getRuntime().maxMemory() / 3;

    private final Opener opener;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    /** The one that was used last at the end; guarded by the lock, like what follows. */
    private final List<Session> sessions = new ArrayList<>();

    private int maxSessions;
    private int busy;
    private long bytesInUse;
    private long heapBytesInUse;
    /** Whether a picture has the GPU to itself, or waits for that. */
    private boolean claimed;

    private long leastPixelsTooMany = Long.MAX_VALUE;

    /**
     * @param precision of whole pictures, single or half; tiles are single precision
     * @param first that is tried: whole pictures, or tiles
     * @param maxBytes of the host's memory that pictures may take, one or several at once
     * @param maxSessions that make whole pictures at once
     */
    GpuEngine(
            Model model,
            Precision precision,
            EngineKind first,
            int threads,
            long maxBytes,
            int maxSessions,
            Processor gpu) {
        this(
                model,
                first,
                maxBytes,
                maxSessions,
                kind -> kind == EngineKind.ONNXRUNTIME
                        ? new OrtEngine(model, precision, threads, gpu)
                        : new TiledEngine(model, threads, maxBytes, gpu));
    }

    GpuEngine(Model model, EngineKind first, long maxBytes, int maxSessions, Opener opener) {
        if (maxSessions < 1) {
            throw new IllegalArgumentException("Invalid number of sessions: %d (must be >= 1)".formatted(maxSessions));
        }
        this.fingerprint = model.fingerprint();
        this.architecture = model.architecture();
        this.first = first;
        this.maxBytes = maxBytes;
        this.maxSessions = maxSessions;
        this.opener = opener;
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public EngineKind kindFor(int width, int height) {
        return first == EngineKind.ONNXRUNTIME
                        && (long) width * height < leastPixelsTooMany()
                        && fits(EngineKind.ONNXRUNTIME, width, height)
                ? EngineKind.ONNXRUNTIME
                : EngineKind.ONNXRUNTIME_TILED;
    }

    private long leastPixelsTooMany() {
        lock.lock();
        try {
            return leastPixelsTooMany;
        } finally {
            lock.unlock();
        }
    }

    private boolean fits(EngineKind kind, int width, int height) {
        return hostBytes(kind, width, height) <= maxBytes;
    }

    private long hostBytes(EngineKind kind, int width, int height) {
        return estimatedBytes(kind, width, height) + Stylizer.cartoonBytes(width, height);
    }

    @Override
    public int sizeMultiple() {
        return GeneratorArchitecture.SIZE_MULTIPLE;
    }

    @Override
    public int minSidePixels() {
        return WorkingSize.MIN_SIDE_PIXELS;
    }

    /** @throws GpuFailedException where tiles fail too, or the host has not the memory for them, and then it says that it is for the size */
    @Override
    public float[] stylize(float[] picture, int width, int height) {
        if (kindFor(width, height) == EngineKind.ONNXRUNTIME) {
            try {
                return whole(picture, width, height);
            } catch (GpuFailedException e) {
                if (!fits(EngineKind.ONNXRUNTIME_TILED, width, height)) {
                    throw e.withTooLarge(true);
                }
                lock.lock();
                leastPixelsTooMany = Math.min(leastPixelsTooMany, (long) width * height);
                lock.unlock();
            }
        }
        Session session = takeAlone(EngineKind.ONNXRUNTIME_TILED, width, height);
        try {
            return made(session, EngineKind.ONNXRUNTIME_TILED, picture, width, height);
        } catch (GpuFailedException e) {
            throw e.withTooLarge(false);
        } finally {
            give(session, true);
        }
    }

    /** Twice where it may have been what sessions keep of other pictures that was in the way. */
    private float[] whole(float[] picture, int width, int height) {
        Session session = take(width, height);
        int among = session.among;
        boolean fresh = session.kind != EngineKind.ONNXRUNTIME;
        boolean others;
        try {
            return made(session, EngineKind.ONNXRUNTIME, picture, width, height);
        } catch (GpuFailedException e) {
            session.close();
            others = hasOthers(session);
            if (!others && fresh) {
                throw e;
            }
        } finally {
            give(session, false);
        }
        Session alone = takeAlone(null, width, height);
        try {
            float[] cartoon = made(alone, EngineKind.ONNXRUNTIME, picture, width, height);
            if (others) {
                halve(among);
            }
            return cartoon;
        } catch (GpuFailedException e) {
            alone.close();
            throw e;
        } finally {
            give(alone, true);
        }
    }

    /** Whether other sessions have memory of the GPU. */
    private boolean hasOthers(Session session) {
        lock.lock();
        try {
            return sessions.stream().anyMatch(other -> other != session && (other.busy || other.engine != null));
        } finally {
            lock.unlock();
        }
    }

    /** What goes alone and did not go beside others has too many beside it; of pictures that failed together the first says so. */
    private void halve(int among) {
        lock.lock();
        try {
            if (maxSessions == among) {
                maxSessions = Math.max(1, among / 2);
            }
        } finally {
            lock.unlock();
        }
    }

    private float[] made(Session session, EngineKind kind, float[] picture, int width, int height) {
        if (session.kind != kind) {
            session.close();
            session.engine = opener.open(kind);
            session.kind = kind;
        }
        session.width = width;
        session.height = height;
        return session.engine.stylize(picture, width, height);
    }

    /** The session that made this size last; else a new one, as long as there may be more; else the one that is unused for longest. */
    private Session take(int width, int height) {
        long bytes = hostBytes(EngineKind.ONNXRUNTIME, width, height);
        long heapBytes = Stylizer.heapBytes(width, height);
        lock.lock();
        try {
            await(() -> !claimed
                    && busy < maxSessions
                    && (busy == 0 || bytes <= maxBytes - bytesInUse && heapBytes <= maxHeapBytes - heapBytesInUse));
            Session found = null;
            for (Session session : sessions) {
                if (!session.busy && (found == null || !found.made(width, height) && session.made(width, height))) {
                    found = session;
                }
            }
            // One that has tiles loaded gives that memory up first.
            boolean reusable =
                    found != null && (found.made(width, height) || found.kind == EngineKind.ONNXRUNTIME_TILED);
            if (found == null || !reusable && sessions.size() < maxSessions) {
                found = new Session();
            }
            return taken(found, bytes, heapBytes);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A session with nothing beside it in the GPU's memory, once the others have made their pictures.
     *
     * @param kind that it may have loaded; null for a new one
     */
    private Session takeAlone(EngineKind kind, int width, int height) {
        lock.lock();
        try {
            await(() -> !claimed);
            claimed = true;
            await(() -> busy == 0);
            Session kept = sessions.stream()
                    .filter(session -> kind != null && session.kind == kind)
                    .findFirst()
                    .orElseGet(Session::new);
            List<Session> others =
                    sessions.stream().filter(session -> session != kept).toList();
            sessions.clear();
            Session taken = taken(kept, 0, 0);
            try {
                others.forEach(Session::close);
            } catch (RuntimeException e) {
                give(taken, true);
                throw e;
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private Session taken(Session session, long bytes, long heapBytes) {
        sessions.remove(session);
        sessions.add(session);
        session.busy = true;
        session.bytes = bytes;
        session.heapBytes = heapBytes;
        session.among = maxSessions;
        busy++;
        bytesInUse += bytes;
        heapBytesInUse += heapBytes;
        return session;
    }

    private void give(Session session, boolean alone) {
        List<Session> tooMany = new ArrayList<>();
        lock.lock();
        try {
            session.busy = false;
            busy--;
            bytesInUse -= session.bytes;
            heapBytesInUse -= session.heapBytes;
            if (alone) {
                claimed = false;
            }
            // First of all: whatever happens then, nobody waits for ever.
            changed.signalAll();
            for (int i = 0; i < sessions.size() && sessions.size() > maxSessions; ) {
                if (sessions.get(i).busy) {
                    i++;
                } else {
                    tooMany.add(sessions.remove(i));
                }
            }
            tooMany.forEach(Session::close);
        } finally {
            lock.unlock();
        }
    }

    private void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            changed.awaitUninterruptibly();
        }
    }

    @Override
    public long estimatedBytes(int width, int height) {
        return estimatedBytes(kindFor(width, height), width, height);
    }

    private long estimatedBytes(EngineKind kind, int width, int height) {
        return kind == EngineKind.ONNXRUNTIME
                ? OrtEngine.hostBytes(width, height)
                : TiledEngine.estimatedBytes(architecture, width, height, maxBytes);
    }

    /** Not while it is in use. */
    @Override
    public void close() {
        lock.lock();
        try {
            sessions.forEach(Session::close);
            sessions.clear();
        } finally {
            lock.unlock();
        }
    }
}
