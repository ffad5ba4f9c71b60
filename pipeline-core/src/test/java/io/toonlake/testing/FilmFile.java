package io.toonlake.testing;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_BITEXACT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_QSCALE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_new;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_GLOBALHEADER;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.FF_QP2LAMBDA;
import static org.bytedeco.ffmpeg.global.avutil.av_display_rotation_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;

import io.toonlake.image.PixelImage;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.ffmpeg.swscale.SwsFilter;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/** Films made of pictures, 25 a second, in the codings that FFmpeg's LGPL build encodes. */
public final class FilmFile {
    private static final int RATE = 25;
    private static final int FINE = 3;

    private final List<PixelImage> frames;
    private String encoder = "mpeg4";
    private int framesPerKey = 12;
    private int bFrames;
    private int[] pixelAspect = {1, 1};
    private double turned;
    private boolean mirrored;

    private FilmFile(List<PixelImage> frames) {
        this.frames = frames;
    }

    /** All frames are of one size, with even sides. */
    public static FilmFile of(List<PixelImage> frames) {
        return new FilmFile(frames);
    }

    /**
     * {@code mpeg4}, {@code mpeg2video} (whose groups of pictures are open where it has B frames), {@code mjpeg}, {@code ffv1}, or what FFmpeg has from others: {@code libopenh264},
     * {@code libvpx-vp9}, {@code libsvtav1}.
     */
    public FilmFile encoder(String name) {
        encoder = name;
        return this;
    }

    public FilmFile framesPerKey(int frames) {
        framesPerKey = frames;
        return this;
    }

    public FilmFile bFrames(int most) {
        bFrames = most;
        return this;
    }

    public FilmFile pixelAspect(int width, int height) {
        pixelAspect = new int[] {width, height};
        return this;
    }

    /** Asks players to turn the frames, by so many degrees clockwise. */
    public FilmFile turned(int degrees) {
        turned = degrees;
        return this;
    }

    /** Asks players to exchange left and right, before they turn. */
    public FilmFile mirrored() {
        mirrored = true;
        return this;
    }

    /** Writes it; the name's end says in which container. */
    public void write(Path file) {
        int width = frames.get(0).width();
        int height = frames.get(0).height();
        AVFormatContext container = new AVFormatContext(null);
        check(avformat_alloc_output_context2(container, null, (String) null, file.toString()));
        AVCodec codec = avcodec_find_encoder_by_name(encoder);
        AVStream stream = avformat_new_stream(container, codec);
        AVCodecContext coder = avcodec_alloc_context3(codec);
        coder.width(width).height(height).gop_size(framesPerKey).max_b_frames(bFrames);
        coder.time_base(av_make_q(1, RATE)).framerate(av_make_q(RATE, 1));
        coder.sample_aspect_ratio(av_make_q(pixelAspect[0], pixelAspect[1]));
        coder.pix_fmt(encoder.equals("mjpeg") ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P);
        coder.flags(coder.flags() | AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT)
                .global_quality(FINE * FF_QP2LAMBDA);
        coder.thread_count(1);
        if ((container.oformat().flags() & AVFMT_GLOBALHEADER) != 0) {
            coder.flags(coder.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
        }
        check(avcodec_open2(coder, codec, (AVDictionary) null));
        check(avcodec_parameters_from_context(stream.codecpar(), coder));
        stream.time_base(coder.time_base());
        stream.sample_aspect_ratio(coder.sample_aspect_ratio());
        if (turned != 0 || mirrored) {
            turn(stream);
        }
        AVIOContext out = new AVIOContext(null);
        check(avio_open(out, file.toString(), AVIO_FLAG_WRITE));
        container.pb(out);
        check(avformat_write_header(container, (AVDictionary) null));
        encode(container, stream, coder, width, height);
        check(av_write_trailer(container));
        avio_closep(out);
        avcodec_free_context(coder);
        avformat_free_context(container);
    }

    private void turn(AVStream stream) {
        int[] matrix = new int[9];
        av_display_rotation_set(matrix, turned);
        if (mirrored) {
            matrix[0] = -matrix[0];
            matrix[1] = -matrix[1];
        }
        IntPointer count = new IntPointer(1L).put(0);
        AVPacketSideData data = new AVPacketSideData(null);
        AVPacketSideData made = av_packet_side_data_new(data, count, AV_PKT_DATA_DISPLAYMATRIX, 4L * matrix.length, 0);
        new IntPointer(made.data()).put(matrix);
        stream.codecpar().coded_side_data(data).nb_coded_side_data(1);
    }

    private void encode(AVFormatContext container, AVStream stream, AVCodecContext coder, int width, int height) {
        SwsContext scaler = sws_getContext(
                width,
                height,
                AV_PIX_FMT_BGR24,
                width,
                height,
                coder.pix_fmt(),
                SWS_BICUBIC,
                (SwsFilter) null,
                (SwsFilter) null,
                (DoublePointer) null);
        AVFrame frame = av_frame_alloc();
        frame.format(coder.pix_fmt()).width(width).height(height);
        check(av_frame_get_buffer(frame, 0));
        AVPacket packet = av_packet_alloc();
        for (int i = 0; i <= frames.size(); i++) {
            if (i < frames.size()) {
                check(av_frame_make_writable(frame));
                BytePointer pixels = new BytePointer(frames.get(i).pixels());
                PointerPointer<BytePointer> planes = new PointerPointer<>(pixels, null, null, null);
                IntPointer strides = new IntPointer(3 * width, 0, 0, 0);
                sws_scale(scaler, planes, strides, 0, height, frame.data(), frame.linesize());
                pixels.close();
                frame.pts(i).quality(coder.global_quality());
                check(avcodec_send_frame(coder, frame));
            } else {
                check(avcodec_send_frame(coder, null));
            }
            while (avcodec_receive_packet(coder, packet) >= 0) {
                packet.duration(1);
                av_packet_rescale_ts(packet, coder.time_base(), stream.time_base());
                packet.stream_index(stream.index());
                check(av_interleaved_write_frame(container, packet));
            }
        }
        av_packet_free(packet);
        av_frame_free(frame);
        sws_freeContext(scaler);
    }

    private static void check(int status) {
        if (status < 0) {
            throw new IllegalStateException("FFmpeg's status " + status);
        }
    }
}
