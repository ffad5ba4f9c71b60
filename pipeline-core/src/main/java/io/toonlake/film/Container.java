package io.toonlake.film;

import static io.toonlake.film.FilmReason.EMPTY;
import static io.toonlake.film.FilmReason.NOT_A_FILM;
import static io.toonlake.film.FilmReason.NO_VIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_DISCARD;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FLAG_BACKWARD;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_seek_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/** A film's container: the packets of its moving pictures, one after the other. Used by one thread. */
final class Container implements AutoCloseable {
    /** Demuxers that read what is in the file itself. Playlists, which name other files and addresses, are not among them. */
    private static final String FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mxf,ivf";

    private static final int MESSAGE_BYTES = 128;

    static {
        // What is wrong with a film is told by what it gives; FFmpeg's lines would come a thousandfold, from all tasks
        // at once.
        av_log_set_level(AV_LOG_QUIET);
    }

    private final SourceBuffer buffer;
    private final AVFormatContext context;
    private final AVStream stream;
    private final AVPacket packet = av_packet_alloc();

    private Container(SourceBuffer buffer, AVFormatContext context, AVStream stream) {
        this.buffer = buffer;
        this.context = context;
        this.stream = stream;
    }

    /**
     * Opens a film. The source is the caller's, and outlives the container.
     *
     * @param maxPixels of a frame, beyond which none is decoded: what a header says is not what packets hold
     * @throws FilmRefusedException where it is none
     * @throws IOException where the source fails
     */
    static Container open(FilmSource source, long maxPixels) throws FilmRefusedException, IOException {
        if (source.sizeBytes() == 0) {
            throw new FilmRefusedException(EMPTY, "the file has no bytes");
        }
        SourceBuffer buffer = new SourceBuffer(source);
        AVFormatContext context = avformat_alloc_context();
        AVDictionary options = new AVDictionary(null);
        boolean opened = false;
        try {
            context.pb(buffer.context());
            context.flags(context.flags() | AVFormatContext.AVFMT_FLAG_CUSTOM_IO | AVFormatContext.AVFMT_FLAG_GENPTS);
            Map.of("format_whitelist", FORMATS, "protocol_whitelist", "none")
                    .forEach((key, value) -> av_dict_set(options, key, value, 0));
            int status = avformat_open_input(context, (String) null, null, options);
            buffer.check();
            if (status < 0) {
                throw new FilmRefusedException(
                        NOT_A_FILM, "no film in a container that is known (" + why(status) + ")");
            }
            status = describe(context, maxPixels);
            buffer.check();
            int best = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
            if (status < 0 || best < 0 || (context.streams(best).disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0) {
                throw new FilmRefusedException(NO_VIDEO, "the file holds no moving pictures");
            }
            for (int i = 0; i < context.nb_streams(); i++) {
                if (i != best) {
                    context.streams(i).discard(AVDISCARD_ALL);
                }
            }
            Container container = new Container(buffer, context, context.streams(best));
            opened = true;
            return container;
        } finally {
            av_dict_free(options);
            if (!opened) {
                close(context, buffer);
            }
        }
    }

    /** Has FFmpeg look at the first packets, and decode some of them, for what headers leave out. */
    private static int describe(AVFormatContext context, long maxPixels) {
        int streams = context.nb_streams();
        try (PointerPointer<AVDictionary> options = new PointerPointer<>(Math.max(1, streams))) {
            for (int i = 0; i < streams; i++) {
                AVDictionary ofStream = new AVDictionary(null);
                av_dict_set(ofStream, "max_pixels", Long.toString(maxPixels), 0);
                av_dict_set(ofStream, "threads", "1", 0);
                options.put(i, ofStream);
            }
            int status = avformat_find_stream_info(context, options);
            for (int i = 0; i < streams; i++) {
                AVDictionary left = options.get(AVDictionary.class, i);
                if (left != null) {
                    av_dict_free(left);
                }
            }
            return status;
        }
    }

    AVFormatContext context() {
        return context;
    }

    AVStream stream() {
        return stream;
    }

    /**
     * The next packet of the moving pictures; null at the end. The same object every time, which holds until the next call.
     *
     * @throws IOException where the source fails
     */
    AVPacket next() throws IOException {
        while (true) {
            av_packet_unref(packet);
            int status = av_read_frame(context, packet);
            buffer.check();
            if (status < 0) {
                // A file that breaks off is a film until there.
                return null;
            }
            if (packet.stream_index() == stream.index() && packet.size() > 0) {
                return packet;
            }
        }
    }

    /** When the packet's frame is shown, in the stream's time base; containers that do not say so tell when it is decoded, or nothing. */
    static long timestamp(AVPacket packet) {
        return packet.pts() == AV_NOPTS_VALUE() ? packet.dts() : packet.pts();
    }

    static boolean isKey(AVPacket packet) {
        return (packet.flags() & AV_PKT_FLAG_KEY) != 0;
    }

    /** Whether the film's author cut the frame away: it is there for others to be decoded by. */
    static boolean isShown(AVPacket packet) {
        return (packet.flags() & AV_PKT_FLAG_DISCARD) == 0;
    }

    /** CRC-32 of the packet's bytes. */
    static long checksum(AVPacket packet) {
        CRC32 checksum = new CRC32();
        checksum.update(new BytePointer(packet.data()).capacity(packet.size()).asByteBuffer());
        return checksum.getValue();
    }

    /** Makes {@link #next} go on at some packet, not after that which is decoded then if the container keeps its word. False where it cannot. */
    boolean seek(long decoded) throws IOException {
        int status = av_seek_frame(context, stream.index(), decoded, AVSEEK_FLAG_BACKWARD);
        buffer.check();
        return status >= 0;
    }

    /** FFmpeg's words for a status. */
    static String why(int status) {
        if (status == AVERROR_EOF()) {
            return "it ends too soon";
        }
        byte[] message = new byte[MESSAGE_BYTES];
        av_strerror(status, message, message.length);
        int length = 0;
        while (length < message.length && message[length] != 0) {
            length++;
        }
        return new String(message, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        av_packet_free(packet);
        close(context, buffer);
    }

    private static void close(AVFormatContext context, SourceBuffer buffer) {
        // One that could not be opened is freed already, and null.
        if (!context.isNull()) {
            avformat_close_input(context);
        }
        buffer.close();
    }
}
