package io.toonlake.averaging;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The workers that live in this JVM, kept between rounds with their networks and decoded pixels. Spark may run a round's task
 * anywhere, or twice at once; here no worker is ever used by two threads, and no more are kept than asked for. Workers of
 * another run are closed as soon as a new run's worker is asked for.
 */
final class WorkerCache {
    /** One a JVM: an executor's tasks share nothing else. */
    static final WorkerCache OF_THIS_JVM = new WorkerCache();

    private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    private record Key(String run, int worker) {}

    private static final class Entry {
        private LocalWorker worker;
        private int users;
    }

    /**
     * Calls {@code use} with the worker, which is opened first if it is not here.
     *
     * @param most workers of this run to keep in this JVM
     */
    <R> R with(String run, int worker, int most, Supplier<LocalWorker> opener, Function<LocalWorker, R> use) {
        Key key = new Key(run, worker);
        Entry entry = taken(key);
        boolean whole = false;
        try {
            synchronized (entry) {
                try {
                    if (entry.worker == null) {
                        entry.worker = opener.get();
                    }
                    R result = use.apply(entry.worker);
                    whole = true;
                    return result;
                } finally {
                    if (!whole) {
                        close(entry);
                    }
                }
            }
        } finally {
            giveBack(entry, run, most);
        }
    }

    /** Closes what this run keeps here. */
    void clear(String run) {
        closeIdle(key -> key.run().equals(run), 0);
    }

    synchronized int size() {
        return entries.size();
    }

    private synchronized Entry taken(Key key) {
        Entry entry = entries.computeIfAbsent(key, absent -> new Entry());
        entry.users++;
        return entry;
    }

    private void giveBack(Entry entry, String run, int most) {
        synchronized (this) {
            entry.users--;
        }
        closeIdle(key -> !key.run().equals(run), 0);
        closeIdle(key -> key.run().equals(run), most);
    }

    private void closeIdle(java.util.function.Predicate<Key> which, int keep) {
        List<Entry> closing = new ArrayList<>();
        synchronized (this) {
            long count = entries.keySet().stream().filter(which).count();
            Iterator<Map.Entry<Key, Entry>> eldestFirst = entries.entrySet().iterator();
            while (count > keep && eldestFirst.hasNext()) {
                Map.Entry<Key, Entry> candidate = eldestFirst.next();
                if (which.test(candidate.getKey()) && candidate.getValue().users == 0) {
                    eldestFirst.remove();
                    closing.add(candidate.getValue());
                    count--;
                }
            }
        }
        closing.forEach(WorkerCache::close);
    }

    private static void close(Entry entry) {
        if (entry.worker != null) {
            entry.worker.close();
            entry.worker = null;
        }
    }
}
