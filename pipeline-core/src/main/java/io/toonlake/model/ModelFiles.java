package io.toonlake.model;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of one folder, wherever it is. Callers with a store of their own (an object store, HDFS) supply an
 * implementation; {@link #at(Path)} is the local file system's.
 */
public interface ModelFiles {
    /** The place in words, for messages: a path or URI. */
    String location();

    /** Names of the files directly in the folder, in any order. */
    List<String> names() throws IOException;

    /**
     * Reads a whole file.
     *
     * @param maxBytes the most the caller will take: a longer file is refused before it is read
     * @throws NoSuchFileException or {@link FileNotFoundException} where there is no such file
     * @throws ModelFormatException where the file is longer
     */
    byte[] read(String name, long maxBytes) throws IOException;

    /** Writes a whole file, replacing one of that name; a reader sees the old bytes or the new, never a part. */
    void write(String name, byte[] bytes) throws IOException;

    /** Deletes a file, if there is one. */
    void delete(String name) throws IOException;

    /** A folder of the local file system, made by the first write. */
    static ModelFiles at(Path folder) {
        return new LocalModelFiles(folder);
    }
}
