package io.toonlake.film;

import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FORCE;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_SIZE;
import static org.bytedeco.ffmpeg.global.avformat.avio_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avio_context_free;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/** FFmpeg's way to a film's bytes. What the source throws waits for {@link #check}: no exception may go through native code. */
final class SourceBuffer implements AutoCloseable {
    /** Bytes read at once: large enough that an object store is asked seldom, small enough that a seek wastes little. */
    private static final int BUFFER_BYTES = 256 << 10;

    private static final int IO_ERROR = -5;
    private static final int SEEK_SET = 0;
    private static final int SEEK_CUR = 1;
    private static final int SEEK_END = 2;

    /** JavaCPP has ten native functions for all callbacks of a kind: one of each serves all films, and finds the film by a number in native memory. */
    private static final Read READING = new Read();

    private static final Seek SEEKING = new Seek();
    private static final Map<Long, SourceBuffer> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final FilmSource source;
    private final byte[] bytes = new byte[BUFFER_BYTES];
    private final LongPointer number = new LongPointer(1L).put(NUMBERS.incrementAndGet());
    private final AVIOContext context;
    private long position;
    private Throwable failure;

    SourceBuffer(FilmSource source) {
        this.source = source;
        BytePointer buffer = new BytePointer(av_malloc(BUFFER_BYTES)).capacity(BUFFER_BYTES);
        OPEN.put(number.get(), this);
        this.context = avio_alloc_context(buffer, BUFFER_BYTES, 0, number, READING, null, SEEKING);
    }

    AVIOContext context() {
        return context;
    }

    /** Throws what the source has thrown since the last time. */
    void check() throws IOException {
        Throwable thrown = failure;
        failure = null;
        if (thrown instanceof IOException e) {
            throw e;
        } else if (thrown instanceof Error e) {
            throw e;
        } else if (thrown != null) {
            throw new IOException(thrown);
        }
    }

    private int read(BytePointer into, int length) {
        if (failure != null) {
            return IO_ERROR;
        }
        try {
            int read = source.read(position, bytes, Math.min(length, bytes.length));
            if (read < 0) {
                return AVERROR_EOF();
            }
            into.put(bytes, 0, read);
            position += read;
            return read;
        } catch (Throwable e) {
            failure = e;
            return IO_ERROR;
        }
    }

    private long seek(long offset, int whence) {
        try {
            long to = switch (whence) {
                case AVSEEK_SIZE -> source.sizeBytes();
                case SEEK_SET -> offset;
                case SEEK_CUR -> position + offset;
                case SEEK_END -> source.sizeBytes() + offset;
                default -> IO_ERROR;
            };
            if (to >= 0 && whence != AVSEEK_SIZE) {
                position = to;
            }
            return Math.max(IO_ERROR, to);
        } catch (Throwable e) {
            failure = e;
            return IO_ERROR;
        }
    }

    private static SourceBuffer of(Pointer number) {
        return OPEN.get(new LongPointer(number).get());
    }

    private static final class Read extends Read_packet_Pointer_BytePointer_int {
        @Override
        public int call(Pointer number, BytePointer into, int length) {
            return of(number).read(into, length);
        }
    }

    private static final class Seek extends Seek_Pointer_long_int {
        @Override
        public long call(Pointer number, long offset, int whence) {
            return of(number).seek(offset, whence & ~AVSEEK_FORCE);
        }
    }

    @Override
    public void close() {
        // FFmpeg may have put another buffer in place of ours.
        av_free(context.buffer());
        avio_context_free(context);
        OPEN.remove(number.get());
        number.close();
    }
}
