package io.toonlake.job;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * An object store that only lists: folders {@code photos} and {@code cartoons} show so many thousands of objects that are not there, a
 * thousand a prefix, each page of a thousand keys after a while. All else is the local disk, where the store's paths are.
 */
public final class NightStore extends RawLocalFileSystem {
    static final String SCHEME = "s3night";
    static final long FIRST_MODIFIED = 1_700_000_000_000L;

    @Override
    public URI getUri() {
        return URI.create(SCHEME + ":///");
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        return plain(super.getFileStatus(path));
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        return Arrays.stream(super.listStatus(path)).map(NightStore::plain).toArray(FileStatus[]::new);
    }

    /** The local file system's look for permissions below a URI of its own. */
    private static FileStatus plain(FileStatus file) {
        return new FileStatus(file.getLen(), file.isDirectory(), 1, 1, file.getModificationTime(), file.getPath());
    }

    @Override
    public RemoteIterator<FileStatus> listStatusIterator(Path folder) throws IOException {
        if (isShown(folder.getParent())) {
            return objects(folder, file -> file);
        }
        if (!isShown(folder)) {
            return super.listStatusIterator(folder);
        }
        page();
        return listed(
                getConf().getInt("night.thousands", 1_000),
                i -> new FileStatus(0, true, 1, 1, 0, new Path(folder, String.format("a%04d", i))));
    }

    @Override
    public RemoteIterator<LocatedFileStatus> listFiles(Path folder, boolean recursive) throws IOException {
        return isShown(folder.getParent())
                ? objects(folder, file -> new LocatedFileStatus(file, null))
                : super.listFiles(folder, recursive);
    }

    private <T> RemoteIterator<T> objects(Path prefix, Function<FileStatus, T> as) {
        page();
        long first = 1_000L * Integer.parseInt(prefix.getName().substring(1));
        boolean photos = prefix.getParent().getName().equals("photos");
        return listed(1_000, i -> {
            long id = first + i;
            return as.apply(new FileStatus(
                    photos ? 1_000 + id % 100_000 : 500 + id % 5_000,
                    false,
                    1,
                    1,
                    FIRST_MODIFIED + 1_000 * id,
                    new Path(prefix + String.format("/p%07d.jpg", id))));
        });
    }

    private static boolean isShown(Path folder) {
        return folder != null
                && (folder.getName().equals("photos") || folder.getName().equals("cartoons"));
    }

    private void page() {
        LockSupport.parkNanos(1_000_000L * getConf().getInt("night.page-millis", 0));
    }

    private static <T> RemoteIterator<T> listed(int count, IntFunction<T> entry) {
        Iterator<T> entries = IntStream.range(0, count).mapToObj(entry).iterator();
        return new RemoteIterator<>() {
            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public T next() {
                return entries.next();
            }
        };
    }
}
