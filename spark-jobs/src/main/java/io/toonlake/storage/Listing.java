package io.toonlake.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * Lists every file below a folder. What a name claims plays no part: a folder may be called {@code x.jpg} and a
 * picture {@code notes.txt}. Hidden names ({@link Visibility}) are passed over at any depth below the folder; a single file may be named
 * instead of a folder.
 *
 * <p>A large folder is listed in two steps: {@link #begin} on one machine, and {@link #below} on many for the folders that it left.
 */
public final class Listing {
    /** Folders looked into at the beginning: a request each, one after the other. */
    private static final int FIRST_FOLDERS = 100;

    private final Storage storage;
    private final Visibility names;

    /** Of input. */
    public Listing(Storage storage) {
        this(storage, Visibility.INPUT);
    }

    public Listing(Storage storage, Visibility names) {
        this.storage = storage;
        this.names = names;
    }

    /**
     * The first part of a listing.
     *
     * @param files found so far, in no order
     * @param folders still to be listed, with all that is below them; none where {@code files} are all
     */
    public record Beginning(List<SourceFile> files, List<String> folders) {}

    /**
     * All files, in path order.
     *
     * @param option the command line's name for the folder, for error messages
     * @throws UnreachableException where the folder is missing or the store does not answer
     */
    public List<SourceFile> files(Path folder, String option) {
        List<SourceFile> files = new ArrayList<>(
                begin(folder, option, Integer.MAX_VALUE, Integer.MAX_VALUE).files());
        files.sort(Comparator.comparing(SourceFile::path));
        return files;
    }

    /**
     * Lists the upper folders.
     *
     * @param mostFiles found, about; a folder that alone has more is left to the second step
     * @throws UnreachableException as {@link #files}
     */
    public Beginning begin(Path folder, String option, int mostFiles) {
        return begin(folder, option, mostFiles, FIRST_FOLDERS);
    }

    private Beginning begin(Path folder, String option, int mostFiles, int mostFolders) {
        FileSystem fileSystem = storage.fileSystem(folder);
        List<SourceFile> files = new ArrayList<>();
        List<String> left = new ArrayList<>();
        try {
            FileStatus root = fileSystem.getFileStatus(folder);
            if (root.isFile()) {
                return new Beginning(List.of(Walk.file(root)), List.of());
            }
            Walk walk =
                    new Walk(fileSystem, names, folder, List.of(root.getPath().toString()));
            for (int seen = 0; !walk.isDone() && seen < mostFolders && files.size() < mostFiles; seen++) {
                String large = walk.next(files, mostFiles);
                if (large != null) {
                    left.add(large);
                }
            }
            left.addAll(walk.waiting());
            return new Beginning(files, left);
        } catch (IOException e) {
            throw unreachable(folder, option, e);
        }
    }

    /**
     * The files below some of the folders that {@link #begin} left, listed as they are asked for. Object stores give all keys below a
     * prefix in pages of a thousand, whatever folders their names suggest.
     *
     * @param root what was listed at the beginning
     * @throws UnreachableException as {@link #files}, from the iterator too
     */
    public Iterator<SourceFile> below(Path root, List<String> folders, String option) {
        FileSystem fileSystem = storage.fileSystem(root);
        try {
            return storage.isObjectStore(root)
                    ? folders.size() == 1
                            ? new Pages(fileSystem, names, root, folders, option)
                            : new Ahead(fileSystem, names, root, folders, option)
                    : new Walked(new Walk(fileSystem, names, root, folders), root, option);
        } catch (IOException e) {
            throw unreachable(root, option, e);
        }
    }

    /**
     * One file, as a listing would show it. One that is missing, or is a folder, has no length: whoever reads it will find that it is
     * unreadable.
     *
     * @throws UnreachableException where the store does not answer
     */
    public SourceFile file(String named, String option) {
        Path path = storage.qualified(named);
        try {
            FileStatus status = storage.fileSystem(path).getFileStatus(path);
            return status.isDirectory() ? new SourceFile(path.toString(), 0, 0) : Walk.file(status);
        } catch (FileNotFoundException e) {
            return new SourceFile(path.toString(), 0, 0);
        } catch (IOException e) {
            throw unreachable(path, option, e);
        }
    }

    private static UnreachableException unreachable(Path folder, String option, IOException e) {
        String why = e instanceof FileNotFoundException ? "no such file or folder" : Storage.reason(e);
        return new UnreachableException("Cannot read " + option + " " + Storage.shown(folder) + ": " + why, e);
    }

    /** One folder's files at a time. */
    private static final class Walked implements Iterator<SourceFile> {
        private final Walk walk;
        private final Path root;
        private final String option;
        private Iterator<SourceFile> files = List.<SourceFile>of().iterator();

        Walked(Walk walk, Path root, String option) {
            this.walk = walk;
            this.root = root;
            this.option = option;
        }

        @Override
        public boolean hasNext() {
            try {
                while (!files.hasNext() && !walk.isDone()) {
                    List<SourceFile> next = new ArrayList<>();
                    walk.next(next, Integer.MAX_VALUE);
                    files = next.iterator();
                }
                return files.hasNext();
            } catch (IOException e) {
                throw unreachable(root, option, e);
            }
        }

        @Override
        public SourceFile next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return files.next();
        }
    }

    /** All keys below one prefix after the other. */
    static final class Pages implements Iterator<SourceFile> {
        private final FileSystem fileSystem;
        private final Visibility names;
        private final Path root;
        private final Iterator<String> folders;
        private final String option;
        private String folder;
        private RemoteIterator<LocatedFileStatus> keys;
        private SourceFile next;

        Pages(FileSystem fileSystem, Visibility names, Path root, List<String> folders, String option) {
            this.fileSystem = fileSystem;
            this.names = names;
            this.root = root;
            this.folders = folders.iterator();
            this.option = option;
        }

        @Override
        public boolean hasNext() {
            try {
                while (next == null && (keys != null && keys.hasNext() || folders.hasNext())) {
                    if (keys == null || !keys.hasNext()) {
                        folder = folders.next();
                        keys = fileSystem.listFiles(new Path(folder), true);
                    } else {
                        SourceFile file = Walk.file(keys.next());
                        next = names.showsBelow(folder, file.path()) ? file : null;
                    }
                }
                return next != null;
            } catch (IOException e) {
                throw unreachable(root, option, e);
            }
        }

        @Override
        public SourceFile next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            SourceFile file = next;
            next = null;
            return file;
        }
    }

    /** Some prefixes at a time, in no order: a store answers after a while, in which it can be asked for others. */
    private static final class Ahead implements Iterator<SourceFile> {
        private static final int AT_A_TIME = 8;

        private final Deque<Future<List<SourceFile>>> asked = new ArrayDeque<>();
        private final ThreadPoolExecutor threads =
                new ThreadPoolExecutor(AT_A_TIME, AT_A_TIME, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "listing");
                    thread.setDaemon(true);
                    return thread;
                });
        private final FileSystem fileSystem;
        private final Visibility names;
        private final Path root;
        private final Iterator<String> folders;
        private final String option;
        private Iterator<SourceFile> files = List.<SourceFile>of().iterator();

        Ahead(FileSystem fileSystem, Visibility names, Path root, List<String> folders, String option) {
            this.fileSystem = fileSystem;
            this.names = names;
            this.root = root;
            this.folders = folders.iterator();
            this.option = option;
            // Threads that nobody asks end, also where a task was given up.
            threads.allowCoreThreadTimeOut(true);
        }

        @Override
        public boolean hasNext() {
            while (!files.hasNext()) {
                while (asked.size() < AT_A_TIME && folders.hasNext()) {
                    List<String> folder = List.of(folders.next());
                    asked.add(threads.submit(() -> {
                        List<SourceFile> found = new ArrayList<>();
                        new Pages(fileSystem, names, root, folder, option).forEachRemaining(found::add);
                        return found;
                    }));
                }
                if (asked.isEmpty()) {
                    return false;
                }
                files = answer(asked.remove()).iterator();
            }
            return true;
        }

        private List<SourceFile> answer(Future<List<SourceFile>> future) {
            try {
                return future.get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw unreachable(root, option, new IOException("interrupted", e));
            }
        }

        @Override
        public SourceFile next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return files.next();
        }
    }
}
