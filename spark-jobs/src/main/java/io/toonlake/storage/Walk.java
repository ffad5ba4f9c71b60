package io.toonlake.storage;

import java.io.File;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * Looks into one folder after the other, the upper ones first. A local link to a folder that lies visibly below the root is not
 * followed: its files are found where they lie, whoever walks there. So links that go round end, and walks of different folders of one root
 * meet nowhere.
 */
final class Walk {
    private final FileSystem fileSystem;
    private final Visibility names;
    private final String root;
    /** Where a local root really lies; null for other file systems. */
    private final String realRoot;

    private final Deque<String> folders = new ArrayDeque<>();
    private final Set<String> entered = new HashSet<>();

    /**
     * @param names that are looked at
     * @param root folder that everything is below
     * @param folders to begin with: the root itself, or some of those below it
     */
    Walk(FileSystem fileSystem, Visibility names, Path root, Collection<String> folders) throws IOException {
        this.fileSystem = fileSystem;
        this.names = names;
        this.root = withoutSlash(root.toString());
        this.realRoot = "file".equals(fileSystem.getUri().getScheme())
                ? withoutSlash(local(root.toString()).toRealPath().toString())
                : null;
        this.folders.addAll(folders);
    }

    boolean isDone() {
        return folders.isEmpty();
    }

    /** The folders found and not yet looked into. */
    List<String> waiting() {
        return List.copyOf(folders);
    }

    /**
     * Looks into the next folder, whose folders are looked into later.
     *
     * @param files receives the folder's
     * @param most files that the folder may have; one that has more is left unseen
     * @return the folder, where it has more
     */
    String next(List<SourceFile> files, int most) throws IOException {
        String folder = folders.remove();
        if (!enter(folder)) {
            return null;
        }
        List<SourceFile> found = new ArrayList<>();
        List<String> below = new ArrayList<>();
        boolean whole = realRoot == null ? list(folder, found, below, most) : listLocal(folder, found, below, most);
        if (!whole) {
            return folder;
        }
        files.addAll(found);
        folders.addAll(below);
        return null;
    }

    private boolean list(String folder, List<SourceFile> files, List<String> below, int most) throws IOException {
        RemoteIterator<FileStatus> entries = fileSystem.listStatusIterator(new Path(folder));
        while (entries.hasNext()) {
            FileStatus entry = entries.next();
            if (names.hides(entry.getPath().getName())) {
                continue;
            }
            if (entry.isDirectory()) {
                below.add(entry.getPath().toString());
            } else if (files.size() == most) {
                return false;
            } else {
                files.add(file(entry));
            }
        }
        return true;
    }

    /** Hadoop asks the system five times about every local file; here it is once. */
    private boolean listLocal(String folder, List<SourceFile> files, List<String> below, int most) throws IOException {
        String place = withoutSlash(folder) + "/";
        try (DirectoryStream<java.nio.file.Path> entries = Files.newDirectoryStream(local(folder))) {
            for (java.nio.file.Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (names.hides(name)) {
                    continue;
                }
                BasicFileAttributes attributes = attributes(entry, name);
                if (attributes == null && !Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
                    continue; // It went while we looked.
                }
                if (attributes != null && attributes.isDirectory()) {
                    below.add(place + name);
                } else if (files.size() == most) {
                    return false;
                } else {
                    // What cannot be looked at is listed by its URI, so that it is accounted for as unreadable.
                    files.add(
                            attributes == null
                                    ? new SourceFile(entry.toUri().toString(), 0, 0)
                                    : new SourceFile(
                                            place + name,
                                            attributes.size(),
                                            attributes.lastModifiedTime().toMillis()));
                }
            }
            return true;
        } catch (AccessDeniedException e) {
            if (Visibility.isOfADisk(String.valueOf(local(folder).getFileName()))) {
                return true;
            }
            throw new IOException("no permission to look into " + folder, e);
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** Null for links to nowhere, and for names in another encoding than the JVM's, which no other program part can open. */
    private static BasicFileAttributes attributes(java.nio.file.Path entry, String name) {
        if (name.indexOf('\ufffd') >= 0 && !new File(entry.toString()).exists()) {
            return null;
        }
        try {
            return Files.readAttributes(entry, BasicFileAttributes.class);
        } catch (IOException e) {
            return null;
        }
    }

    private boolean enter(String folder) throws IOException {
        if (realRoot == null) {
            return entered.add(folder);
        }
        String real;
        try {
            real = withoutSlash(local(folder).toRealPath().toString());
        } catch (NoSuchFileException e) {
            throw new java.io.FileNotFoundException(folder);
        }
        boolean linked = !real.equals(withoutSlash(realRoot + folder.substring(root.length())));
        return !(linked && names.showsBelow(realRoot, real)) && entered.add(real);
    }

    static SourceFile file(FileStatus status) {
        return new SourceFile(status.getPath().toString(), status.getLen(), status.getModificationTime());
    }

    private static java.nio.file.Path local(String folder) {
        return java.nio.file.Path.of(new Path(folder).toUri().getPath());
    }

    private static String withoutSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
