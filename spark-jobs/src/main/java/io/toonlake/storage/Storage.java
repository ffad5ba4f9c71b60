package io.toonlake.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Reads and writes whole files on any Hadoop file system. Local files carry no {@code .crc} companions. */
public final class Storage {
    /** What the names begin with of files that are being written, or that a killed writer has left. */
    public static final String UNFINISHED = ".unfinished.";

    /** Times that an object which comes in another length than listed is asked for. */
    private static final int READS = 3;

    /** A store that has not answered for so long is not there. */
    private static final Duration ANSWER = Duration.ofSeconds(20);

    private final Configuration configuration;

    public Storage(Configuration configuration) {
        this.configuration = configuration;
    }

    /** The file system of a path; for local paths the one without checksum files, which would litter a user's folder. */
    public FileSystem fileSystem(Path path) {
        try {
            FileSystem fileSystem = path.getFileSystem(configuration);
            // Not where fs.file.impl names another one, which may do more than that.
            return fileSystem.getClass() == LocalFileSystem.class
                    ? ((LocalFileSystem) fileSystem).getRawFileSystem()
                    : fileSystem;
        } catch (IOException | IllegalArgumentException e) {
            throw new UnreachableException("Cannot reach " + shown(path) + ": " + reason(e), e);
        }
    }

    /** The path with its scheme and, for local ones, made absolute: the form in which tables keep it. A bucket's name alone is its root. */
    public Path qualified(String path) {
        try {
            Path given = rooted(new Path(path));
            return fileSystem(given).makeQualified(given);
        } catch (IllegalArgumentException e) {
            throw new UnreachableException("Cannot read " + path + ": not a path or URI (" + e.getMessage() + ")", e);
        }
    }

    /** S3A makes nothing of a path that does not begin with a slash, not even of an empty one. */
    private static Path rooted(Path path) {
        URI uri = path.toUri();
        return uri.getAuthority() != null && uri.getPath().isEmpty()
                ? new Path(uri.getScheme(), uri.getAuthority(), Path.SEPARATOR)
                : path;
    }

    /**
     * The path by which everything that names the same place names it: qualified and, for local ones, with links followed as far as
     * the path exists.
     */
    public Path canonical(String path) {
        Path qualified = qualified(path);
        if (!"file".equals(qualified.toUri().getScheme())) {
            return qualified;
        }
        java.nio.file.Path existing =
                java.nio.file.Path.of(qualified.toUri().getPath()).normalize();
        java.nio.file.Path rest = java.nio.file.Path.of("");
        while (existing.getParent() != null && !Files.exists(existing)) {
            rest = existing.getFileName().resolve(rest);
            existing = existing.getParent();
        }
        try {
            String real = existing.toRealPath().resolve(rest).normalize().toString();
            return new Path("file:" + real);
        } catch (IOException e) {
            throw new UnreachableException("Cannot read " + path + ": " + reason(e), e);
        }
    }

    /**
     * Reads a file whole.
     *
     * @throws IOException where the store fails or the file has grown past {@code maxBytes} since it was listed
     */
    public byte[] read(Path path, long maxBytes) throws IOException {
        try (InputStream in = fileSystem(path).open(path)) {
            return bounded(in, maxBytes);
        }
    }

    /** Opens a file that a listing has shown, to be read in parts. */
    public FSDataInputStream open(SourceFile file) throws IOException {
        Path path = new Path(file.path());
        FileSystem fileSystem = fileSystem(path);
        return S3aReading.fits(fileSystem) ? S3aReading.open(fileSystem, file) : fileSystem.open(path);
    }

    private static byte[] bounded(InputStream in, long maxBytes) throws IOException {
        byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8L, maxBytes + 1));
        if (bytes.length > maxBytes) {
            throw new IOException("holds more than " + maxBytes + " bytes");
        }
        return bytes;
    }

    /**
     * Reads a file that a listing has shown. One that an object store gives other than it was listed is asked for again.
     *
     * @throws IOException as {@link #read(Path, long)}, and where it is not as long as listed
     */
    public byte[] read(SourceFile file, long maxBytes) throws IOException {
        int attempts = isObjectStore(new Path(file.path())) ? READS : 1;
        byte[] bytes = new byte[0];
        for (int attempt = 0; attempt < attempts; attempt++) {
            try (InputStream in = open(file)) {
                bytes = bounded(in, maxBytes);
            }
            if (bytes.length == file.sizeBytes()) {
                return bytes;
            }
        }
        throw new IncompleteReadException(bytes.length, file.sizeBytes());
    }

    /**
     * Whether a failed {@link #read(SourceFile, long)} is a matter of this one file (gone, changed, closed to us), so that the next may well
     * be read, and not of its store. Where the failure does not say, the store is asked something else.
     */
    public boolean isMatterOfTheFile(Path path, IOException failure) {
        if (!StoreFault.isOfAStore(failure) && !isObjectStore(path)) {
            return true; // A local disk's or HDFS's, which have other copies and other files.
        }
        return switch (StoreFault.of(failure)) {
            case FILE -> true;
            case CREDENTIALS, NO_BUCKET, BUSY -> false;
            case SILENT, OTHER -> answers(path);
        };
    }

    private boolean answers(Path path) {
        // Missing in all likelihood: two small requests that tell whether the store is there.
        Path neighbour = new Path(path.getParent(), UNFINISHED + java.util.UUID.randomUUID());
        return Patience.within(ANSWER, "ask for " + shown(path.getParent()), () -> {
                    fileSystem(neighbour).exists(neighbour);
                    return true;
                })
                .orElse(false);
    }

    /**
     * Writes a file whole, replacing one that is there. A reader sees the old file or the new one, never a part: object stores show
     * an object once it is complete; elsewhere the bytes go to a hidden neighbour, which is then renamed over the file. Local files get the
     * permissions that the process's umask leaves, others those of {@code fs.permissions.umask-mode}.
     */
    public void write(Path path, byte[] bytes) throws IOException {
        FileSystem fileSystem = fileSystem(path);
        if (isObjectStore(path)) {
            try (OutputStream out = fileSystem.create(path, true)) {
                out.write(bytes);
            }
            return;
        }
        Path unfinished = new Path(path.getParent(), UNFINISHED + java.util.UUID.randomUUID());
        if (fileSystem.getClass() == RawLocalFileSystem.class) {
            LocalFiles.write(local(unfinished), local(path), bytes);
            return;
        }
        fileSystem.mkdirs(path.getParent());
        boolean written = false;
        try {
            try (OutputStream out = fileSystem.create(unfinished, true)) {
                out.write(bytes);
            }
            rename(unfinished, path);
            written = true;
        } finally {
            if (!written) {
                fileSystem.delete(unfinished, false);
            }
        }
    }

    /**
     * Whether a failed {@link #write} is a matter of this one name (too long, a folder in its place) and not of the store, so that
     * the next file may well be written.
     */
    public static boolean isMatterOfTheName(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        return failure instanceof ParentNotDirectoryException
                || failure instanceof FileAlreadyExistsException
                || message.contains("File name too long")
                || message.contains("Is a directory")
                || message.contains("Not a directory")
                || failure instanceof java.nio.file.DirectoryNotEmptyException;
    }

    private void rename(Path from, Path to) throws IOException {
        if ("file".equals(fileSystem(to).getUri().getScheme())) {
            LocalFiles.move(local(from), local(to));
        } else {
            FileContext.getFileContext(to.toUri(), configuration).rename(from, to, Rename.OVERWRITE);
        }
    }

    private static java.nio.file.Path local(Path path) {
        return java.nio.file.Path.of(path.toUri().getPath());
    }

    /** Whether a rename would copy: S3, Google Cloud Storage and Azure Blob Storage by their Hadoop schemes. */
    boolean isObjectStore(Path path) {
        String scheme = fileSystem(path).getUri().getScheme();
        return scheme.startsWith("s3") || scheme.equals("gs") || scheme.startsWith("wasb");
    }

    /** The path as text without the credentials that a URI may carry. */
    public static String shown(Path path) {
        URI uri = path.toUri();
        return uri.getUserInfo() == null
                ? path.toString()
                : path.toString().replace(uri.getRawUserInfo() + "@", "***@");
    }

    /** One file's path for Spark's readers, which take brackets, braces, stars and question marks for patterns. */
    public static String literal(Path path) {
        return path.toString().replaceAll("[\\\\\\[\\]{}*?]", "\\\\$0");
    }

    /** What went wrong and, for a store, the way out, in half a sentence. */
    public static String reason(Throwable e) {
        return StoreFault.sentence(e);
    }

    /** Whether a network's or an object store's failure is behind a problem. */
    public static boolean isOfAStore(Throwable problem) {
        return StoreFault.isOfAStore(problem);
    }
}
