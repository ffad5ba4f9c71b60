package io.toonlake.storage;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Lists every file below a folder, in path order. What a name claims plays no part: a folder may be called {@code x.jpg} and a
 * picture {@code notes.txt}. Names that start with a dot or an underscore are not input (the convention of Hadoop and Spark), at any
 * depth below the folder; a single file may be named instead of a folder.
 */
public final class Listing {
    private final Storage storage;

    public Listing(Storage storage) {
        this.storage = storage;
    }

    /**
     * @param option the command line's name for the folder, for error messages
     * @throws UnreachableException where the folder is missing or the store does not answer
     */
    public List<SourceFile> files(Path folder, String option) {
        FileSystem fileSystem = storage.fileSystem(folder);
        List<SourceFile> files = new ArrayList<>();
        try {
            FileStatus root = fileSystem.getFileStatus(folder);
            if (root.isFile()) {
                files.add(file(root));
                return files;
            }
            Deque<Path> folders = new ArrayDeque<>(List.of(root.getPath()));
            Set<String> entered = new HashSet<>();
            while (!folders.isEmpty()) {
                Path next = folders.pop();
                if (entered.add(identity(next))) {
                    list(fileSystem, next, files, folders);
                }
            }
        } catch (FileNotFoundException e) {
            throw new UnreachableException(
                    "Cannot read " + option + " " + Storage.shown(folder) + ": no such file or folder", e);
        } catch (IOException e) {
            throw new UnreachableException(
                    "Cannot read " + option + " " + Storage.shown(folder) + ": " + Storage.reason(e), e);
        }
        files.sort(Comparator.comparing(SourceFile::path));
        return files;
    }

    private static void list(FileSystem fileSystem, Path folder, List<SourceFile> files, Deque<Path> folders)
            throws IOException {
        for (FileStatus status : fileSystem.listStatus(folder)) {
            String name = status.getPath().getName();
            if (name.startsWith(".") || name.startsWith("_")) {
                continue;
            }
            if (status.isDirectory()) {
                folders.push(status.getPath());
            } else {
                files.add(file(status));
            }
        }
        if ("file".equals(fileSystem.getUri().getScheme())) {
            addUnlisted(folder, files);
        }
    }

    /**
     * Hadoop passes over local entries that it cannot look at: names in another encoding than the JVM's, links to nowhere. Here they
     * are listed, by their URI, so that they are accounted for as unreadable.
     */
    private static void addUnlisted(Path folder, List<SourceFile> files) throws IOException {
        try (DirectoryStream<java.nio.file.Path> entries =
                Files.newDirectoryStream(java.nio.file.Path.of(folder.toUri().getPath()))) {
            for (java.nio.file.Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                boolean hidden = name.startsWith(".") || name.startsWith("_");
                if (!hidden && !new File(entry.toString()).exists()) {
                    files.add(new SourceFile(entry.toUri().toString(), 0, 0));
                }
            }
        }
    }

    private static SourceFile file(FileStatus status) {
        return new SourceFile(status.getPath().toString(), status.getLen(), status.getModificationTime());
    }

    /** Where a local folder really lies, so that a link back to a parent ends instead of going round. */
    private static String identity(Path folder) throws IOException {
        return "file".equals(folder.toUri().getScheme())
                ? java.nio.file.Path.of(folder.toUri().getPath()).toRealPath().toString()
                : folder.toString();
    }
}
