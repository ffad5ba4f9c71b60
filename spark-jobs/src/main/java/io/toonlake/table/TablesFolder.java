package io.toonlake.table;

import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.sql.delta.DeltaIOException;

/** The place the tables lie at: which of them are there, and what it means when the store refuses it. */
final class TablesFolder {
    /** Delta writes a table's first commit within seconds of making its folder. */
    private static final long ABANDONED_MILLIS = 60_000;

    private static final long LOOK_AGAIN_MILLIS = 500;

    private final Path root;
    private final Configuration hadoop;
    /** Whether the root was found to be a folder, or free to become one. */
    private volatile boolean usable;

    TablesFolder(Path root, Configuration hadoop) {
        this.root = root;
        this.hadoop = hadoop;
    }

    Path root() {
        return root;
    }

    String location(Table table) {
        return new Path(root, table.folder()).toString();
    }

    /**
     * Whether the table has a first commit. Looking for its log's folder would not do: another run makes that folder a moment before.
     *
     * @throws UnreachableException if the store cannot say, or the root is a file or below one
     */
    boolean holds(Table table) {
        Path log = new Path(location(table), "_delta_log");
        try {
            FileSystem files = root.getFileSystem(hadoop);
            if (!usable) {
                checkUsable(files);
                usable = true;
            }
            return Arrays.stream(files.listStatus(log))
                    .anyMatch(file -> file.getPath().getName().matches("\\d{20}\\..*"));
        } catch (FileNotFoundException e) {
            return false;
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /**
     * Sees to a table that has a log folder and no first commit, which Delta neither opens nor makes: one that another run is making is
     * waited for, and the log folder of one whose making was killed is removed, once nothing in it has changed for a minute.
     */
    void settleUnfinished(Table table) {
        Path log = new Path(location(table), "_delta_log");
        try {
            FileSystem files = root.getFileSystem(hadoop);
            long begun = System.currentTimeMillis();
            while (!holds(table)) {
                // Where a store gives folders no time of their own, what this run has waited counts.
                long last = Math.min(begun, lastChange(files, files.getFileStatus(log)));
                if (System.currentTimeMillis() - last > ABANDONED_MILLIS) {
                    files.delete(log, true);
                    return;
                }
                Thread.sleep(LOOK_AGAIN_MILLIS);
            }
        } catch (FileNotFoundException e) {
            // The usual case: no folder, nothing to wait for.
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Delta makes folders in the log's folder, too, before the first commit. */
    private static long lastChange(FileSystem files, FileStatus place) throws IOException {
        long last = place.getModificationTime();
        if (place.isDirectory()) {
            for (FileStatus inside : files.listStatus(place.getPath())) {
                last = Math.max(last, lastChange(files, inside));
            }
        }
        return last;
    }

    private void checkUsable(FileSystem files) throws IOException {
        for (Path path = root; path != null; path = path.getParent()) {
            try {
                if (!files.getFileStatus(path).isDirectory()) {
                    throw new UnreachableException(
                            "Cannot use tables " + root + ": " + path + " is a file, not a folder");
                }
                return;
            } catch (FileNotFoundException e) {
                // Free to become a folder, if what is above it is one.
            }
        }
    }

    /** The unreachable store behind a problem, if there is one. */
    Optional<UnreachableException> behind(Throwable problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnreachableException unreachable) {
                return Optional.of(unreachable);
            }
            if (refused(cause)) {
                return Optional.of(unreachable(cause));
            }
        }
        return Optional.empty();
    }

    /** Only what a store says about a place. Other failures, such as a file that broke, are not the tables' URI's fault. */
    private static boolean refused(Throwable cause) {
        return cause instanceof DeltaIOException
                || cause instanceof ParentNotDirectoryException
                || cause instanceof AccessControlException
                || cause instanceof FileAlreadyExistsException
                || cause instanceof FileSystemException
                || Storage.isOfAStore(cause);
    }

    private UnreachableException unreachable(Throwable cause) {
        return new UnreachableException(
                "Cannot use tables " + Storage.shown(root) + ": " + Storage.reason(cause), cause);
    }
}
