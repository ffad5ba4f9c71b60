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
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BITEXACT;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INT;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

import io.toonlake.image.Orientation;
import io.toonlake.image.PixelImage;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.ffmpeg.swscale.SwsFilter;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Makes pictures of decoded frames: sRGB, square pixels, upright. Of a frame of two interlaced fields, which were taken at different times, the
 * first gives the picture. The same frame gives the same bytes on every processor.
 */
final class FramePainter implements AutoCloseable {
    /** Shorter side of the pictures that are measured: about that of the samples they are to become, by whose standard they have to be sharp. */
    static final int MEASURED_SIDE_PIXELS = 256;

    private static final int FASTER = SWS_BILINEAR | SWS_BITEXACT | SWS_ACCURATE_RND;
    private static final int FINER = SWS_BICUBIC | SWS_BITEXACT | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT;

    /** What does not say how its colours are coded is taken for BT.709 from this height on, as players do. */
    private static final int HIGH_DEFINITION_ROWS = 720;

    private static final int CHANNELS = 3;
    private static final int PLANES = 4;
    private static final int ALIGNMENT = 64;
    private static final int NO_CHANGE = 1 << 16;

    private final int orientation;
    private final Target whole;
    private final Target small;

    FramePainter(FilmIndex index) {
        this.orientation = index.orientation();
        boolean turned = orientation > 4;
        int width = turned ? index.height() : index.width();
        int height = turned ? index.width() : index.height();
        double scale = Math.min(1, (double) MEASURED_SIDE_PIXELS / Math.min(width, height));
        this.whole = new Target(width, height, FINER);
        this.small = new Target(
                (int) Math.max(1, Math.round(width * scale)), (int) Math.max(1, Math.round(height * scale)), FASTER);
    }

    /** The frame in its full size. */
    PixelImage picture(AVFrame frame) {
        whole.paint(frame);
        return Orientation.apply(orientation, PixelImage.bgr(whole.width, whole.height, whole.pixels()));
    }

    /** The frame in the size in which it is measured, BGR; holds until the next one. */
    Mat small(AVFrame frame) {
        small.paint(frame);
        Mat painted = new Mat(small.height, small.width, opencv_core.CV_8UC3, small.memory, small.stride);
        if (orientation == 1) {
            return painted;
        }
        Mat upright = new Mat();
        opencv_core.rotate(
                painted,
                upright,
                switch (orientation) {
                    case 3 -> opencv_core.ROTATE_180;
                    case 6 -> opencv_core.ROTATE_90_CLOCKWISE;
                    default -> opencv_core.ROTATE_90_COUNTERCLOCKWISE;
                });
        return upright;
    }

    @Override
    public void close() {
        whole.close();
        small.close();
    }

    /** Native memory of one size, and the way from frames into it. */
    private static final class Target implements AutoCloseable {
        private final int width;
        private final int height;
        private final int flags;
        private final int stride;
        private final PointerPointer<BytePointer> planes = new PointerPointer<>(PLANES);
        private final IntPointer strides = new IntPointer((long) PLANES);
        private final IntPointer fieldStrides = new IntPointer((long) PLANES);
        private BytePointer memory;
        private SwsContext scaler;
        private List<Integer> coding = List.of();

        private Target(int width, int height, int flags) {
            this.width = width;
            this.height = height;
            this.flags = flags;
            this.stride = (width * CHANNELS + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }

        void paint(AVFrame frame) {
            if (memory == null) {
                // Rows may be written a little over their ends. Retained beyond the scope that the caller may have
                // open.
                memory = new BytePointer((long) stride * height + ALIGNMENT).retainReference();
                planes.put(0, memory);
                strides.put(0, stride);
                for (int i = 1; i < PLANES; i++) {
                    planes.put(i, (BytePointer) null);
                    strides.put(i, 0);
                }
            }
            boolean interlaced = (frame.flags() & AVFrame.AV_FRAME_FLAG_INTERLACED) != 0 && frame.height() % 4 == 0;
            int rows = interlaced ? frame.height() / 2 : frame.height();
            prepare(frame, rows);
            IntPointer linesizes = frame.linesize();
            if (interlaced) {
                for (int i = 0; i < PLANES; i++) {
                    fieldStrides.put(i, 2 * frame.linesize(i));
                }
                linesizes = fieldStrides;
            }
            sws_scale(scaler, frame.data(), linesizes, 0, rows, planes, strides);
        }

        private void prepare(AVFrame frame, int rows) {
            int range = frame.color_range() == AVCOL_RANGE_JPEG ? 1 : 0;
            int matrix = matrix(frame);
            List<Integer> asked = List.of(frame.width(), rows, frame.format(), matrix, range);
            if (asked.equals(coding)) {
                return;
            }
            if (scaler != null) {
                sws_freeContext(scaler);
                coding = List.of();
            }
            scaler = sws_getContext(
                    frame.width(),
                    rows,
                    frame.format(),
                    width,
                    height,
                    AV_PIX_FMT_BGR24,
                    flags,
                    (SwsFilter) null,
                    (SwsFilter) null,
                    (DoublePointer) null);
            if (scaler == null) {
                throw new IllegalStateException("FFmpeg makes no pictures of pixel format " + frame.format());
            }
            IntPointer coefficients = sws_getCoefficients(matrix);
            sws_setColorspaceDetails(scaler, coefficients, range, coefficients, 0, 0, NO_CHANGE, NO_CHANGE);
            coding = asked;
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

        byte[] pixels() {
            int row = width * CHANNELS;
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
}
