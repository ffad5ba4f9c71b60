package io.toonlake.job;

import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Whether stores can be listed, read and written, by the same requests that jobs make. */
final class StoreCheck {
    /** Entries that are looked through for a file to read. */
    private static final int LOOKED_AT = 1_000;

    private final Storage storage;
    private final String where;

    StoreCheck(Storage storage, String where) {
        this.storage = storage;
        this.where = where;
    }

    /** Lists a folder, and reads the beginning of a file in it; or of the file that is named. */
    Finding reads(String uri) {
        try {
            Path path = storage.qualified(uri);
            String shown = Storage.shown(path);
            FileSystem fileSystem = storage.fileSystem(path);
            if (!fileSystem.exists(path)) {
                return Finding.ofStore(
                        where,
                        shown,
                        "Cannot find it, and the store answers (look for a misspelt name, or a missing bucket or mount)");
            }
            RemoteIterator<LocatedFileStatus> files = fileSystem.listFiles(path, true);
            int seen = 0;
            while (files.hasNext() && seen < LOOKED_AT) {
                LocatedFileStatus file = files.next();
                seen++;
                if (file.getLen() > 0) {
                    try (InputStream in = fileSystem.open(file.getPath())) {
                        if (in.read() < 0) {
                            throw new IOException("it ends before its first byte");
                        }
                    }
                    return Finding.good(
                            where, shown, "listed and read (" + file.getPath().getName() + ")");
                }
            }
            return Finding.note(where, shown, "listed; there is no file to read in it");
        } catch (IOException e) {
            return Finding.ofStore(where, shown(uri), "Cannot read it: " + shown(Storage.reason(e)));
        } catch (RuntimeException | LinkageError e) {
            return fault(uri, e);
        }
    }

    /** Writes a small file into a folder, which is made if it is missing, reads it and deletes it. */
    Finding writes(String uri) {
        try {
            Path folder = storage.qualified(uri);
            Path file = new Path(folder, Storage.UNFINISHED + "doctor-" + UUID.randomUUID());
            byte[] bytes = "toonlake doctor".getBytes(StandardCharsets.US_ASCII);
            storage.write(file, bytes);
            boolean same;
            try {
                same = Arrays.equals(storage.read(file, bytes.length), bytes);
            } catch (IOException e) {
                storage.fileSystem(file).delete(file, false);
                throw e;
            }
            if (!same) {
                storage.fileSystem(file).delete(file, false);
                return Finding.ofStore(
                        where, Storage.shown(folder), "Cannot rely on it: a file that was written is read otherwise");
            }
            if (!storage.fileSystem(file).delete(file, false)) {
                return Finding.ofStore(
                        where,
                        Storage.shown(folder),
                        "Cannot delete from it, which tables and --prune need: " + file.getName());
            }
            return Finding.good(where, Storage.shown(folder), "written, read and deleted");
        } catch (IOException e) {
            return Finding.ofStore(where, shown(uri), "Cannot write to it: " + shown(Storage.reason(e)));
        } catch (RuntimeException | LinkageError e) {
            return fault(uri, e);
        }
    }

    /** Leaves a file for other processes to look for; none where that cannot be, which {@link #writes} has told. */
    Optional<String> marked(String uri) {
        try {
            Path mark = new Path(storage.qualified(uri), Storage.UNFINISHED + "doctor-mark-" + UUID.randomUUID());
            storage.write(mark, new byte[] {1});
            return Optional.of(mark.toString());
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    void unmark(String mark) {
        try {
            Path path = new Path(mark);
            storage.fileSystem(path).delete(path, false);
        } catch (IOException | RuntimeException e) {
            // Every later run deletes what is unfinished and old.
        }
    }

    /** What is wrong where a process does not see what another one has written: folders of the same name on two machines. */
    Optional<Finding> unseen(String mark) {
        Path path = new Path(mark);
        try {
            return storage.fileSystem(path).exists(path)
                    ? Optional.empty()
                    : Optional.of(
                            Finding.ofStore(
                                    where,
                                    Storage.shown(path.getParent()),
                                    "Cannot see here what the driver has written there: it is another folder (name one that all machines share, or a store)"));
        } catch (IOException e) {
            return Optional.of(Finding.ofStore(
                    where, Storage.shown(path.getParent()), "Cannot look into it: " + shown(Storage.reason(e))));
        } catch (RuntimeException | LinkageError e) {
            return Optional.of(fault(mark, e));
        }
    }

    private Finding fault(String uri, Throwable problem) {
        return Finding.ofStore(
                where,
                shown(uri),
                shown(problem instanceof UnreachableException ? problem.getMessage() : problem.toString()));
    }

    /** Without the credentials that a URI may carry, whatever is in them: a secret may have slashes, and then it is no part of the URI's authority. */
    static String shown(String text) {
        return text.replaceAll("(?<=://)[^\\s@]*:[^\\s@]*@", "***@");
    }
}
