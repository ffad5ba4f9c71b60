package io.toonlake.stylize;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Engines that the tasks of one JVM share: each is loaded once, and as many tasks at a time use it as its key says. On the CPU that is one, so that
 * memory is that of one picture whatever the number of tasks: an engine already uses every core there, so that tasks lose nothing by taking turns, and
 * those that wait decode and encode. Beyond a number of engines on a processor, the one unused for longest is closed.
 */
public final class EngineCache implements AutoCloseable {
    private static final int SHARED_ENGINES = 2;
    private static final EngineCache SHARED = new EngineCache(SHARED_ENGINES);

    private final int maxEngines;
    private final Map<Key, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);

    /** @param maxEngines how many stay loaded on the CPU and on each GPU; more only while more are in use at the same time */
    public EngineCache(int maxEngines) {
        if (maxEngines < 1) {
            throw new IllegalArgumentException("Invalid number of engines: %d (must be >= 1)".formatted(maxEngines));
        }
        this.maxEngines = maxEngines;
    }

    /** This JVM's cache. */
    public static EngineCache shared() {
        return SHARED;
    }

    /**
     * What tells engines apart.
     *
     * @param fingerprint of the model
     * @param precision that was asked for
     * @param processor where it computes: each GPU has a session of its own
     * @param threads that work on one picture
     * @param maxBytes that one picture may take, where an engine can do with that
     * @param users that the engine can have at the same time
     */
    public record Key(
            String fingerprint,
            EngineKind kind,
            Precision precision,
            Processor processor,
            int threads,
            long maxBytes,
            int users) {}

    /** Makes the engine where the cache has none. */
    @FunctionalInterface
    public interface Loader {
        StylizingEngine load() throws IOException;
    }

    /** What a task does with the engine while it has its turn. */
    @FunctionalInterface
    public interface Use<T, E extends Exception> {
        T with(StylizingEngine engine) throws E;
    }

    /**
     * Waits for a model's engine, loading it if need be, and uses it.
     *
     * @param key of the engine
     * @param loader of the engine of that very model; where it fails, the next caller tries again
     * @throws E what the use throws; the engine stays
     * @throws IOException what the loader throws
     * @throws IllegalStateException where the loader's engine is of another model
     */
    public <T, E extends Exception> T use(Key key, Loader loader, Use<T, E> use) throws E, IOException {
        Slot slot = enter(key);
        try {
            slot.turns.acquireUninterruptibly();
            try {
                return use.with(slot.engine(key.fingerprint(), loader));
            } finally {
                slot.turns.release();
            }
        } finally {
            leave(slot);
        }
    }

    /** Closes every engine that is not in use. */
    @Override
    public void close() {
        evict(0);
    }

    /** How many engines are loaded or being loaded. */
    synchronized int size() {
        return slots.size();
    }

    private synchronized Slot enter(Key key) {
        Slot slot = slots.computeIfAbsent(key, absent -> new Slot(key.users()));
        slot.users++;
        return slot;
    }

    private void leave(Slot slot) {
        synchronized (this) {
            slot.users--;
        }
        evict(maxEngines);
    }

    private void evict(int kept) {
        List<Slot> unused = new ArrayList<>();
        synchronized (this) {
            Map<Processor, Integer> counts = new HashMap<>();
            slots.keySet().forEach(key -> counts.merge(key.processor(), 1, Integer::sum));
            Iterator<Map.Entry<Key, Slot>> eldestFirst = slots.entrySet().iterator();
            while (eldestFirst.hasNext()) {
                Map.Entry<Key, Slot> next = eldestFirst.next();
                Processor processor = next.getKey().processor();
                if (counts.get(processor) > kept && next.getValue().users == 0) {
                    counts.merge(processor, -1, Integer::sum);
                    eldestFirst.remove();
                    unused.add(next.getValue());
                }
            }
        }
        unused.forEach(Slot::close);
    }

    /** One model's engine, and the turns that tasks take at it. */
    private static final class Slot {
        private final Semaphore turns;
        /** Tasks that use or wait for it; guarded by the cache. */
        private int users;

        private StylizingEngine engine;

        Slot(int turns) {
            this.turns = new Semaphore(turns, true);
        }

        synchronized StylizingEngine engine(String fingerprint, Loader loader) throws IOException {
            if (engine == null) {
                StylizingEngine loaded = loader.load();
                if (!loaded.fingerprint().equals(fingerprint)) {
                    loaded.close();
                    throw new IllegalStateException("Cannot use the engine of model %s for model %s"
                            .formatted(loaded.fingerprint(), fingerprint));
                }
                engine = loaded;
            }
            return engine;
        }

        synchronized void close() {
            if (engine != null) {
                engine.close();
            }
        }
    }
}
