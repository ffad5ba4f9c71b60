package io.toonlake.film;

import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BITEXACT;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INT;

import io.toonlake.image.Orientation;
import io.toonlake.image.PixelImage;
import org.bytedeco.ffmpeg.avutil.AVFrame;
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

    private final int orientation;
    private final FrameScaler whole;
    private final FrameScaler small;
    private final FrameScaler smaller;

    FramePainter(FilmIndex index) {
        this.orientation = index.orientation();
        boolean turned = orientation > 4;
        int width = turned ? index.height() : index.width();
        int height = turned ? index.width() : index.height();
        double scale = Math.min(1, (double) MEASURED_SIDE_PIXELS / Math.min(width, height));
        int smallWidth = (int) Math.max(1, Math.round(width * scale));
        int smallHeight = (int) Math.max(1, Math.round(height * scale));
        this.whole = FrameScaler.toBgr(width, height, FINER);
        this.small = FrameScaler.toYuv(smallWidth, smallHeight, FASTER);
        this.smaller = FrameScaler.toBgr((smallWidth + 1) / 2, (smallHeight + 1) / 2, FASTER);
    }

    /** The frame in its full size. */
    PixelImage picture(AVFrame frame) {
        whole.paint(frame);
        return Orientation.apply(orientation, PixelImage.bgr(whole.width(), whole.height(), whole.pixels()));
    }

    /**
     * A frame as it is measured. Both hold until the next one.
     *
     * @param grey its luma, 0 to 255, {@value #MEASURED_SIDE_PIXELS} pixels on the shorter side, upright
     * @param colours BGR, at half of that size, and as it was coded, turned or not
     */
    record Small(Mat grey, Mat colours) {}

    /**
     * Scales planes of luma and chroma, which FFmpeg does several times as fast as it makes colours of them, and then has few colours to make.
     */
    Small small(AVFrame frame) {
        small.paint(frame);
        smaller.paint(small);
        Mat grey = small.firstPlane();
        if (orientation == 1) {
            return new Small(grey, smaller.firstPlane());
        }
        return new Small(upright(orientation, grey), smaller.firstPlane());
    }

    /** What {@link Orientation} does to pictures, done to a plane; another one. */
    static Mat upright(int orientation, Mat grey) {
        Mat upright = new Mat();
        switch (orientation) {
            case 2 -> opencv_core.flip(grey, upright, 1);
            case 3 -> opencv_core.rotate(grey, upright, opencv_core.ROTATE_180);
            case 4 -> opencv_core.flip(grey, upright, 0);
            case 5 -> opencv_core.transpose(grey, upright);
            case 6 -> opencv_core.rotate(grey, upright, opencv_core.ROTATE_90_CLOCKWISE);
            case 7 -> {
                Mat transposed = new Mat();
                opencv_core.transpose(grey, transposed);
                opencv_core.rotate(transposed, upright, opencv_core.ROTATE_180);
                transposed.close();
            }
            default -> opencv_core.rotate(grey, upright, opencv_core.ROTATE_90_COUNTERCLOCKWISE);
        }
        return upright;
    }

    @Override
    public void close() {
        whole.close();
        small.close();
        smaller.close();
    }
}
