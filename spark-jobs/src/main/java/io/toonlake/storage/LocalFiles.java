package io.toonlake.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.fs.ParentNotDirectoryException;

/**
 * Writes local files by the JDK. Where Hadoop has no native library, as most machines have not, its local file system starts a process ({@code chmod}) for every
 * file that it creates, which takes ten times as long as writing a picture; and its rename deletes the target first.
 */
final class LocalFiles {
    /** What is written at once: less makes requests of a mounted store, more takes as much memory outside of the heap. */
    private static final int CHUNK_BYTES = 1 << 20;

    private LocalFiles() {}

    /**
     * Writes a file under another name and moves it over the file, making folders that are missing.
     *
     * @param unfinished in the folder of {@code path}; nothing is left there, unless the process is killed
     * @throws ParentNotDirectoryException where a file is in a folder's place
     * @throws IOException with the file and what is wrong in its message, which the JDK's own, of some kinds, are without
     */
    static void write(Path unfinished, Path path, byte[] bytes) throws IOException {
        try {
            Path folder = path.getParent();
            // Asked first, since createDirectories takes a link to a folder for a file that is in its way.
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
            }
            written(unfinished, path, bytes);
        } catch (FileAlreadyExistsException e) {
            if (Files.isSymbolicLink(Path.of(e.getFile()))) {
                throw new IOException(e.getFile() + " is a link to what is not there", e);
            }
            throw new ParentNotDirectoryException(e.getFile() + " is not a directory");
        } catch (AccessDeniedException e) {
            throw new IOException(path + " (Permission denied)", e);
        } catch (NoSuchFileException e) {
            throw new IOException(path + " (No such file or directory)", e);
        }
    }

    private static void written(Path unfinished, Path path, byte[] bytes) throws IOException {
        try {
            try (OutputStream out =
                    Files.newOutputStream(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (int from = 0; from < bytes.length; from += CHUNK_BYTES) {
                    out.write(bytes, from, Math.min(CHUNK_BYTES, bytes.length - from));
                }
            }
            move(unfinished, path);
        } catch (IOException | RuntimeException | Error e) {
            try {
                Files.deleteIfExists(unfinished);
            } catch (IOException notDeleted) {
                e.addSuppressed(notDeleted);
            }
            throw e;
        }
    }

    /** In one step, replacing what is there. */
    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
