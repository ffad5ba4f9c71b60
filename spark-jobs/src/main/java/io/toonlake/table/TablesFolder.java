package io.toonlake.table;

import io.toonlake.storage.UnreachableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.sql.delta.DeltaIOException;

/** The place the tables lie at: which of them are there, and what it means when the store refuses it. */
final class TablesFolder {
    /** Delta writes a table's first commit within seconds of making its folder. */
    private static final long ABANDONED_MILLIS = 60_000;

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
     * Removes the log folder of a table whose making was killed before its first commit: with it, Delta neither opens the table nor
     * makes it. One that another run has only just made is left to it; and a folder that is not empty cannot go.
     */
    void clearAbandoned(Table table) {
        Path log = new Path(location(table), "_delta_log");
        try {
            FileSystem files = root.getFileSystem(hadoop);
            boolean old =
                    files.getFileStatus(log).getModificationTime() < System.currentTimeMillis() - ABANDONED_MILLIS;
            if (old && files.listStatus(log).length == 0) {
                files.delete(log, false);
            }
        } catch (FileNotFoundException e) {
            // The usual case: no folder, nothing to clear.
        } catch (IOException e) {
            throw unreachable(e);
        }
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
                || cause instanceof FileSystemException;
    }

    private UnreachableException unreachable(Throwable cause) {
        String reason = cause.getMessage() == null
                ? cause.getClass().getSimpleName()
                : cause.getMessage().lines().findFirst().orElse("");
        return new UnreachableException("Cannot use tables " + root + ": " + reason, cause);
    }
}
