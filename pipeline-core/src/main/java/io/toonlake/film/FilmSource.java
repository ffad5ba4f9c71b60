package io.toonlake.film;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A film's bytes, wherever they are. Used by one thread. */
public interface FilmSource extends Closeable {
    /** How many bytes there are. */
    long sizeBytes() throws IOException;

    /**
     * Reads some bytes, as many as come at once.
     *
     * @return how many, at least 1; -1 at the end
     */
    int read(long position, byte[] into, int length) throws IOException;

    /** A local file's. */
    static FilmSource of(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        return new FilmSource() {
            @Override
            public long sizeBytes() throws IOException {
                return channel.size();
            }

            @Override
            public int read(long position, byte[] into, int length) throws IOException {
                return channel.read(ByteBuffer.wrap(into, 0, length), position);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }
}
