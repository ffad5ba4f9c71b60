package io.toonlake.film;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_DEFAULT;
import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_NONREF;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_BITEXACT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG1VIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG2VIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG4;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import java.io.IOException;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** Decodes frames of a film from any key frame on, with one thread. */
final class FrameReader implements AutoCloseable {
    /** A frame of more times the pixels that the film says it has is damage, unless it is small all the same: decoders count borders of their own. */
    private static final long GROWTH = 4;

    private static final long SMALL_PIXELS = 1 << 20;

    /** Codecs whose decoders know of a packet which frames are made from it. */
    private static final Set<Integer> SKIPPING =
            Set.of(AV_CODEC_ID_H264, AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG4);

    private final FilmSource source;
    private final FramePainter painter;
    private final long maxPixels;
    private Container container;

    /** @param index of the very film that the source holds */
    FrameReader(FilmSource source, FilmIndex index) {
        this.source = source;
        this.painter = new FramePainter(index);
        this.maxPixels = Math.max(SMALL_PIXELS, GROWTH * index.width() * index.height());
    }

    /** Sees frames in the order in which they are shown. */
    interface Visitor {
        /** Says whether to go on. The frame holds until this returns. */
        boolean visit(Frame frame);
    }

    /** A decoded frame. */
    record Frame(long timestamp, AVFrame decoded, FramePainter painter) {}

    /**
     * Decodes until the visitor has enough, or the film ends. What the decoder itself calls damaged is passed over.
     *
     * @param start null for the film's beginning
     * @throws FilmRefusedException where the source holds no film any more
     * @throws IOException where the source fails
     */
    void read(KeyFrame start, Visitor visitor) throws FilmRefusedException, IOException {
        read(start, null, visitor);
    }

    /**
     * The same for some frames only. Frames that no other is made from (B frames, mostly) are not decoded where they are not wanted; the visitor sees the
     * wanted ones, to the same bits, and others. A stream that codes its frames in another way than that takes may hide wanted ones, which are
     * there when all are read.
     */
    void read(KeyFrame start, Set<Long> wanted, Visitor visitor) throws FilmRefusedException, IOException {
        AVPacket first = begin(start);
        if (first == null) {
            return;
        }
        long from = start == null ? Long.MIN_VALUE : start.timestamp();
        AVCodecContext decoder = decoder();
        AVFrame frame = av_frame_alloc();
        try {
            boolean goesOn = true;
            for (AVPacket packet = first; packet != null && goesOn; packet = container.next()) {
                // The time by which the index knows the frame; FFmpeg's own guesses depend on what it has decoded
                // before.
                packet.pts(Container.timestamp(packet));
                if (wanted != null && SKIPPING.contains(decoder.codec_id())) {
                    decoder.skip_frame(wanted.contains(packet.pts()) ? AVDISCARD_DEFAULT : AVDISCARD_NONREF);
                }
                // A packet that is refused is missed by what comes out, and counted there.
                avcodec_send_packet(decoder, packet);
                goesOn = drain(decoder, frame, from, visitor);
            }
            if (goesOn) {
                avcodec_send_packet(decoder, (AVPacket) null);
                drain(decoder, frame, from, visitor);
            }
        } finally {
            av_frame_free(frame);
            avcodec_free_context(decoder);
        }
    }

    private boolean drain(AVCodecContext decoder, AVFrame frame, long from, Visitor visitor) {
        while (avcodec_receive_frame(decoder, frame) >= 0) {
            boolean damaged = (frame.flags() & (AVFrame.AV_FRAME_FLAG_CORRUPT | AVFrame.AV_FRAME_FLAG_DISCARD)) != 0
                    || frame.decode_error_flags() != 0;
            long timestamp = frame.pts();
            // Frames before the key frame may need some that were not decoded.
            if (!damaged && timestamp >= from && !visitor.visit(new Frame(timestamp, frame, painter))) {
                return false;
            }
        }
        return true;
    }

    /** The first packet to decode; null where there is none. */
    private AVPacket begin(KeyFrame start) throws FilmRefusedException, IOException {
        if (container != null && start != null && container.seek(Math.min(start.decoded(), start.timestamp()))) {
            AVPacket packet = find(start);
            if (packet != null) {
                return packet;
            }
        }
        // Where a container cannot seek, or seeks past what was asked for, it is read from its beginning.
        boolean fresh = container == null;
        reopen();
        if (start != null && fresh && container.seek(Math.min(start.decoded(), start.timestamp()))) {
            AVPacket packet = find(start);
            if (packet != null) {
                return packet;
            }
            reopen();
        }
        return start == null ? container.next() : find(start);
    }

    private void reopen() throws FilmRefusedException, IOException {
        if (container != null) {
            container.close();
            container = null;
        }
        container = Container.open(source, maxPixels);
    }

    /** Reads on to the key frame's packet; null where it is not found, which takes a look at no more packets than that. */
    private AVPacket find(KeyFrame start) throws IOException {
        for (AVPacket packet = container.next(); packet != null; packet = container.next()) {
            if (Container.isKey(packet)) {
                long timestamp = Container.timestamp(packet);
                if (timestamp == start.timestamp() && Container.checksum(packet) == start.checksum()) {
                    return packet;
                }
                if (timestamp >= start.timestamp()) {
                    return null;
                }
            }
        }
        return null;
    }

    private AVCodecContext decoder() throws FilmRefusedException {
        AVCodec codec = avcodec_find_decoder(container.stream().codecpar().codec_id());
        AVCodecContext decoder = avcodec_alloc_context3(codec);
        avcodec_parameters_to_context(decoder, container.stream().codecpar());
        decoder.pkt_timebase(container.stream().time_base());
        // Spark gives a task one core; more films, or parts of one, are other tasks.
        decoder.thread_count(1);
        decoder.max_pixels(maxPixels);
        // The same pictures on every kind of processor.
        decoder.flags(decoder.flags() | AV_CODEC_FLAG_BITEXACT);
        decoder.idct_algo(AVCodecContext.FF_IDCT_SIMPLE);
        int status = avcodec_open2(decoder, codec, (AVDictionary) null);
        if (status < 0) {
            avcodec_free_context(decoder);
            throw new FilmRefusedException(
                    FilmReason.UNSUPPORTED_CODEC, "its decoder does not start (" + Container.why(status) + ")");
        }
        return decoder;
    }

    @Override
    public void close() {
        painter.close();
        if (container != null) {
            container.close();
        }
    }
}
