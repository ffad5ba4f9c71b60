package io.toonlake.film;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT2020_CL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT2020_NCL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT470BG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_FCC;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE170M;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE240M;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_int;
import static org.bytedeco.ffmpeg.global.swscale.sws_alloc_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_init_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.ffmpeg.swscale.SwsFilter;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/** Native memory for pictures of one size, and FFmpeg's way from frames into it. Of interlaced frames the first field is taken. */
final class FrameScaler implements AutoCloseable {
    /** What does not say how its colours are coded is taken for BT.709 from this height on, as players do. */
    private static final int HIGH_DEFINITION_ROWS = 720;

    private static final int BGR_BYTES = 3;
    private static final int PLANES = 4;
    private static final int ALIGNMENT = 64;
    private static final int FULL_RANGE = 1;
    private static final int NO_CHANGE = 1 << 16;

    private final int width;
    private final int height;
    private final int format;
    private final int flags;
    private final PointerPointer<BytePointer> planes = new PointerPointer<>(PLANES);
    private final IntPointer strides = new IntPointer((long) PLANES);
    private final IntPointer fieldStrides = new IntPointer((long) PLANES);
    private BytePointer memory;
    private SwsContext scaler;
    private Coding coding;

    /** What a scaler is made for. */
    private record Coding(int width, int rows, int format, int matrix, int range) {}

    private FrameScaler(int width, int height, int format, int flags) {
        this.width = width;
        this.height = height;
        this.format = format;
        this.flags = flags;
    }

    /** Interleaved colours, 8 bits each. */
    static FrameScaler toBgr(int width, int height, int flags) {
        return new FrameScaler(width, height, AV_PIX_FMT_BGR24, flags);
    }

    /** Planes of luma and, at half the size, chroma; each from 0 to 255. */
    static FrameScaler toYuv(int width, int height, int flags) {
        return new FrameScaler(width, height, AV_PIX_FMT_YUV420P, flags);
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    void paint(AVFrame frame) {
        boolean interlaced = (frame.flags() & AVFrame.AV_FRAME_FLAG_INTERLACED) != 0 && frame.height() % 4 == 0;
        int rows = interlaced ? frame.height() / 2 : frame.height();
        IntPointer linesizes = frame.linesize();
        if (interlaced) {
            for (int i = 0; i < PLANES; i++) {
                fieldStrides.put(i, 2 * frame.linesize(i));
            }
            linesizes = fieldStrides;
        }
        int range = frame.color_range() == AVCOL_RANGE_JPEG ? FULL_RANGE : 0;
        prepare(new Coding(frame.width(), rows, frame.format(), matrix(frame), range));
        sws_scale(scaler, frame.data(), linesizes, 0, rows, planes, strides);
    }

    /** From what another has painted. */
    void paint(FrameScaler other) {
        prepare(new Coding(other.width, other.height, other.format, other.coding.matrix(), FULL_RANGE));
        sws_scale(scaler, other.planes, other.strides, 0, other.height, planes, strides);
    }

    private void prepare(Coding asked) {
        allocate();
        if (asked.equals(coding)) {
            return;
        }
        if (scaler != null) {
            sws_freeContext(scaler);
            scaler = null;
            coding = null;
        }
        int range = format == AV_PIX_FMT_BGR24 ? 0 : FULL_RANGE;
        scaler = sws_alloc_context();
        option("srcw", asked.width());
        option("srch", asked.rows());
        option("src_format", asked.format());
        option("dstw", width);
        option("dsth", height);
        option("dst_format", format);
        option("sws_flags", flags);
        // Before FFmpeg chooses a way: between equal sizes it would copy planes, whose ranges may not be equal.
        option("src_range", asked.range());
        option("dst_range", range);
        if (sws_init_context(scaler, (SwsFilter) null, (SwsFilter) null) < 0) {
            sws_freeContext(scaler);
            scaler = null;
            throw new IllegalStateException("FFmpeg makes no pictures of pixel format " + asked.format());
        }
        IntPointer coefficients = sws_getCoefficients(asked.matrix());
        sws_setColorspaceDetails(scaler, coefficients, asked.range(), coefficients, range, 0, NO_CHANGE, NO_CHANGE);
        coding = asked;
    }

    private void option(String name, long value) {
        if (av_opt_set_int(scaler, name, value, 0) < 0) {
            throw new IllegalStateException("FFmpeg's scaler has no option " + name);
        }
    }

    private void allocate() {
        if (memory != null) {
            return;
        }
        int[] rowBytes = format == AV_PIX_FMT_BGR24
                ? new int[] {BGR_BYTES * width}
                : new int[] {width, (width + 1) / 2, (width + 1) / 2};
        long[] starts = new long[rowBytes.length];
        long bytes = 0;
        for (int i = 0; i < rowBytes.length; i++) {
            int stride = (rowBytes[i] + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            strides.put(i, stride);
            starts[i] = bytes;
            bytes += (long) stride * (i == 0 ? height : (height + 1) / 2);
        }
        // Rows may be written a little over their ends. Retained beyond the scope that the caller may have open.
        memory = new BytePointer(bytes + ALIGNMENT).retainReference();
        for (int i = 0; i < PLANES; i++) {
            planes.put(i, i < starts.length ? new BytePointer(memory).position(starts[i]) : null);
            if (i >= starts.length) {
                strides.put(i, 0);
            }
        }
    }

    private static int matrix(AVFrame frame) {
        int said = frame.colorspace();
        if (said == AVCOL_SPC_BT709
                || said == AVCOL_SPC_FCC
                || said == AVCOL_SPC_BT470BG
                || said == AVCOL_SPC_SMPTE170M
                || said == AVCOL_SPC_SMPTE240M
                || said == AVCOL_SPC_BT2020_NCL
                || said == AVCOL_SPC_BT2020_CL) {
            return said;
        }
        return frame.height() >= HIGH_DEFINITION_ROWS ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
    }

    /** The colours, or the luma, as they lie in memory; they hold until the next frame. */
    Mat firstPlane() {
        int type = format == AV_PIX_FMT_BGR24 ? opencv_core.CV_8UC3 : opencv_core.CV_8UC1;
        return new Mat(height, width, type, memory, strides.get(0));
    }

    /** The colours, rows without gaps. */
    byte[] pixels() {
        int row = width * BGR_BYTES;
        int stride = strides.get(0);
        byte[] pixels = new byte[Math.multiplyExact(row, height)];
        for (int y = 0; y < height; y++) {
            memory.position((long) y * stride).get(pixels, y * row, row);
        }
        memory.position(0);
        return pixels;
    }

    @Override
    public void close() {
        if (scaler != null) {
            sws_freeContext(scaler);
        }
        if (memory != null) {
            memory.releaseReference();
        }
        planes.close();
        strides.close();
        fieldStrides.close();
    }
}
