package io.toonlake.job;

import static org.apache.spark.sql.functions.col;

import io.toonlake.storage.SourceFile;
import io.toonlake.storage.UnreachableException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The photos that a run is to stylize, in path order: fixed before it begins. Where Spark kept them, an executor that is lost hours later would have their
 * folders listed again, and by then there are others. Many are on the driver's disk, some 200 bytes each, in a file without a name, which ends
 * with the process; few in its memory.
 */
final class PendingPhotos implements AutoCloseable {
    /** Photos that the driver sorts and keeps itself: Spark's way takes three queries. */
    static final int KEPT_HERE = 10_000;

    /** That come to the driver at once, about. */
    private static final int PHOTOS_AT_A_TIME = 50_000;

    private static final long NEVER = Long.MIN_VALUE;

    private final long count;
    /** Null where they are in the file. */
    private final List<Photo> kept;

    private final FileChannel file;

    private PendingPhotos(long count, List<Photo> kept, FileChannel file) {
        this.count = count;
        this.kept = kept;
        this.file = file;
    }

    /**
     * Fetches them.
     *
     * @param rows the fields of {@link Photo}, flat and in its order
     * @param about how many they are
     * @param keptHere how many are kept in memory
     */
    static PendingPhotos of(Dataset<Row> rows, long about, int keptHere) {
        if (about == 0) {
            return new PendingPhotos(0, List.of(), null);
        }
        if (about <= keptHere) {
            List<Photo> kept = rows.collectAsList().stream()
                    .map(PendingPhotos::photo)
                    .sorted(Comparator.comparing(photo -> photo.file().path()))
                    .toList();
            return new PendingPhotos(kept.size(), kept, null);
        }
        int parts = (int) Math.min(10_000, 1 + about / PHOTOS_AT_A_TIME);
        Iterator<Row> sorted = rows.repartitionByRange(parts, col("path"))
                .sortWithinPartitions("path")
                .toLocalIterator();
        FileChannel file = null;
        try {
            file = unnamed();
            long count = written(sorted, file);
            file.position(0);
            PendingPhotos photos = new PendingPhotos(count, null, file);
            file = null;
            return photos;
        } catch (IOException e) {
            throw new UnreachableException(
                    "Cannot keep the list of photos to stylize in " + System.getProperty("java.io.tmpdir") + ": "
                            + e.getMessage()
                            + " (it takes some 200 bytes a photo; -Djava.io.tmpdir in the driver's Java options names another place)",
                    e);
        } finally {
            close(file);
        }
    }

    /** However the process ends, nothing is left of it. */
    private static FileChannel unnamed() throws IOException {
        Path file = Files.createTempFile("toonlake-worklist", null);
        try {
            return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } finally {
            Files.delete(file);
        }
    }

    private static long written(Iterator<Row> sorted, FileChannel file) throws IOException {
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(file)));
        long count = 0;
        for (; sorted.hasNext(); count++) {
            write(photo(sorted.next()), out);
        }
        out.flush();
        return count;
    }

    private static Photo photo(Row row) {
        return new Photo(
                new SourceFile(
                        row.getString(0), row.getLong(1), row.getTimestamp(2).getTime()),
                row.getString(3),
                row.getBoolean(4),
                row.getBoolean(5),
                row.getTimestamp(6),
                row.getBoolean(7),
                row.getBoolean(8),
                row.getTimestamp(9));
    }

    private static void write(Photo photo, DataOutputStream out) throws IOException {
        write(photo.file().path(), out);
        out.writeLong(photo.file().sizeBytes());
        out.writeLong(photo.file().modifiedMillis());
        write(photo.output(), out);
        out.writeBoolean(photo.replaces());
        out.writeBoolean(photo.refusedBefore());
        write(photo.madeSince(), out);
        out.writeBoolean(photo.madeSettled());
        out.writeBoolean(photo.refusedSettled());
        write(photo.refusedSince(), out);
    }

    private static Photo read(DataInputStream in) throws IOException {
        return new Photo(
                new SourceFile(text(in), in.readLong(), in.readLong()),
                text(in),
                in.readBoolean(),
                in.readBoolean(),
                time(in),
                in.readBoolean(),
                in.readBoolean(),
                time(in));
    }

    private static void write(String text, DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    /** Tables have microseconds. */
    private static void write(Timestamp time, DataOutputStream out) throws IOException {
        out.writeLong(time == null ? NEVER : time.getTime());
        if (time != null) {
            out.writeInt(time.getNanos());
        }
    }

    private static Timestamp time(DataInputStream in) throws IOException {
        long millis = in.readLong();
        if (millis == NEVER) {
            return null;
        }
        Timestamp time = new Timestamp(millis);
        time.setNanos(in.readInt());
        return time;
    }

    long count() {
        return count;
    }

    /** So many at a time; once. */
    Iterator<List<Photo>> batches(int photos) {
        Iterator<Photo> all = kept == null ? fromFile() : kept.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return all.hasNext();
            }

            @Override
            public List<Photo> next() {
                if (!all.hasNext()) {
                    throw new NoSuchElementException();
                }
                List<Photo> batch = new ArrayList<>();
                while (batch.size() < photos && all.hasNext()) {
                    batch.add(all.next());
                }
                return batch;
            }
        };
    }

    private Iterator<Photo> fromFile() {
        DataInputStream in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(file)));
        return new Iterator<>() {
            private long left = count;

            @Override
            public boolean hasNext() {
                return left > 0;
            }

            @Override
            public Photo next() {
                if (left == 0) {
                    throw new NoSuchElementException();
                }
                left--;
                try {
                    return read(in);
                } catch (IOException e) {
                    throw new UncheckedIOException("Cannot read the list of photos to stylize: " + e, e);
                }
            }
        };
    }

    private static void close(FileChannel file) {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            // Nobody will read it.
        }
    }

    @Override
    public void close() {
        close(file);
    }
}
