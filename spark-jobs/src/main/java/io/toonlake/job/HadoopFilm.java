package io.toonlake.job;

import io.toonlake.film.FilmReason;
import io.toonlake.film.FilmRefusedException;
import io.toonlake.film.FilmSource;
import io.toonlake.storage.SourceFile;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.EOFException;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** A film on any Hadoop file system. */
final class HadoopFilm implements FilmSource {
    private final FSDataInputStream stream;
    private final long sizeBytes;

    private HadoopFilm(FSDataInputStream stream, long sizeBytes) {
        this.stream = stream;
        this.sizeBytes = sizeBytes;
    }

    /** What is done with an open film. */
    interface Work<T> {
        T of(FilmSource film) throws FilmRefusedException, IOException;
    }

    /**
     * @throws FilmRefusedException as the work throws it, and where this one file cannot be read
     * @throws UnreachableException where the store fails
     */
    static <T> T with(Storage storage, SourceFile file, Work<T> work) throws FilmRefusedException {
        try (FilmSource film = new HadoopFilm(storage.open(file), file.sizeBytes())) {
            return work.of(film);
        } catch (IOException e) {
            Path path = new Path(file.path());
            if (!storage.isMatterOfTheFile(path, e)) {
                throw new UnreachableException("Cannot read " + Storage.shown(path) + ": " + Storage.reason(e), e);
            }
            throw new FilmRefusedException(FilmReason.UNREADABLE, Storage.reason(e));
        }
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public int read(long position, byte[] into, int length) throws IOException {
        if (position >= sizeBytes) {
            return -1;
        }
        if (stream.getPos() != position) {
            stream.seek(position);
        }
        int read = stream.read(into, 0, (int) Math.min(length, sizeBytes - position));
        if (read < 0) {
            // Taken for the end, it would make a shorter film of this one.
            throw new EOFException("ends at byte " + position + ", its listing says " + sizeBytes
                    + ": it has changed since, or was cut short on the way; it is tried again by the next run");
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
