package io.toonlake.storage;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Deletes the hidden files that {@link Storage#write} had not renamed yet when its process was killed. Object stores have none. */
final class Leftovers {
    private final Storage storage;
    private final long before;

    /** @param before milliseconds since 1970; what was written to later is left alone */
    Leftovers(Storage storage, long before) {
        this.storage = storage;
        this.before = before;
    }

    /** In the folder and, at any depth, in those in which pictures may be. Returns how many. */
    long deleteBelow(Path folder) throws IOException {
        if (storage.isObjectStore(folder)) {
            return 0;
        }
        FileSystem files = storage.fileSystem(folder);
        Deque<Path> folders = new ArrayDeque<>(List.of(folder));
        Set<Path> entered = new HashSet<>();
        long deleted = 0;
        while (!folders.isEmpty()) {
            Path next = folders.pop();
            // A link back to a parent ends here.
            if (!entered.add(storage.canonical(next.toString()))) {
                continue;
            }
            try {
                for (Path left : look(files, next, folders)) {
                    deleted += files.delete(left, false) ? 1 : 0;
                }
            } catch (AccessDeniedException e) {
                if (!Visibility.isOfADisk(next.getName())) {
                    throw e;
                }
            }
        }
        return deleted;
    }

    private List<Path> look(FileSystem files, Path folder, Deque<Path> folders) throws IOException {
        List<Path> found = new ArrayList<>();
        RemoteIterator<FileStatus> inside = files.listStatusIterator(folder);
        while (inside.hasNext()) {
            FileStatus status = inside.next();
            String name = status.getPath().getName();
            if (status.isDirectory()) {
                if (!Visibility.OUTPUT.hides(name)) {
                    folders.push(status.getPath());
                }
            } else if (name.startsWith(Storage.UNFINISHED) && status.getModificationTime() < before) {
                found.add(status.getPath());
            }
        }
        return found;
    }
}
