package io.toonlake.edge;

import io.toonlake.image.PixelImage;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Blurs a picture near its edges and nowhere else.
 *
 * <ol>
 *   <li>Canny on the grey picture (0.299 R + 0.587 G + 0.114 B, rounded), 3×3 Sobel, {@code |dx| + |dy|}. The picture is
 *       continued by repeating its border pixels, so its border is no edge.
 *   <li>One dilation with a square of ones. Nothing outside of the picture counts as an edge.
 *   <li>A blur, Gaussian or mean, over the <em>whole original</em> picture, which is continued by reflection around its border pixels
 *       ({@code dcb|abcd|cba}); its result is taken where the dilated mask is set. Since every blurred pixel saw its true
 *       neighbours, there is no seam at the mask's border. Elsewhere the bytes stay as they were.
 * </ol>
 *
 * <p>The Gaussian is OpenCV's with sigma 0, "computed from the size". For sides 1 to 9 that is a fixed table and not the
 * Gaussian of the documented formula: for 5 it is {@code [1, 4, 6, 4, 1] / 16}, whose sigma is 1.0, where the formula
 * {@code 0.3 * ((side - 1) * 0.5 - 1) + 0.8} gives 1.1. From 11 on the formula holds.
 *
 * <p>May be used by several threads at once. Native memory is freed before {@link #smooth} returns. How many threads OpenCV
 * itself takes is the caller's setting ({@code opencv_core.setNumThreads}) and does not change the result.
 */
public final class EdgeSmoother {

    private final EdgeSettings settings;

    public EdgeSmoother(EdgeSettings settings) {
        this.settings = settings;
    }

    /**
     * The picture with its edges smoothed; a picture without edges comes back as it is.
     *
     * @param picture BGR, of any size
     * @throws IllegalArgumentException where the picture has alpha: what an edge is depends on what it is laid on
     */
    @SuppressWarnings("try") // the scope works by being open
    public PixelImage smooth(PixelImage picture) {
        if (picture.hasAlpha()) {
            throw new IllegalArgumentException(
                    "Cannot smooth the edges of a picture with alpha: lay it on a background first");
        }
        try (PointerScope scope = new PointerScope()) {
            Mat original = matrix(picture.pixels(), picture.width(), picture.height(), 3);
            Mat mask = dilate(edges(original));
            if (opencv_core.countNonZero(mask) == 0) {
                return picture;
            }
            Mat blurred = blur(original);
            blurred.copyTo(original, mask);
            return PixelImage.bgr(picture.width(), picture.height(), bytes(original));
        }
    }

    /** Where {@link #smooth} takes blurred pixels: 255 in the dilated region, 0 elsewhere, one byte a pixel. */
    @SuppressWarnings("try")
    byte[] mask(PixelImage picture) {
        try (PointerScope scope = new PointerScope()) {
            return bytes(dilate(edges(matrix(picture.pixels(), picture.width(), picture.height(), 3))));
        }
    }

    private Mat edges(Mat bgr) {
        Mat grey = new Mat();
        opencv_imgproc.cvtColor(bgr, grey, opencv_imgproc.COLOR_BGR2GRAY);
        Mat edges = new Mat();
        opencv_imgproc.Canny(grey, edges, settings.cannyLow(), settings.cannyHigh(), 3, false);
        return edges;
    }

    Mat dilate(Mat mask) {
        Mat square = new Mat(settings.dilatePixels(), settings.dilatePixels(), opencv_core.CV_8UC1, Scalar.all(1));
        Mat dilated = new Mat();
        Point centre = new Point(-1, -1);
        opencv_imgproc.dilate(
                mask,
                dilated,
                square,
                centre,
                1,
                opencv_core.BORDER_CONSTANT,
                opencv_imgproc.morphologyDefaultBorderValue());
        return dilated;
    }

    Mat blur(Mat picture) {
        Mat blurred = new Mat();
        Size side = new Size(settings.blurPixels(), settings.blurPixels());
        switch (settings.blur()) {
            case GAUSSIAN ->
                opencv_imgproc.GaussianBlur(
                        picture, blurred, side, 0, 0, opencv_core.BORDER_REFLECT_101, opencv_core.ALGO_HINT_ACCURATE);
            case MEAN -> opencv_imgproc.blur(picture, blurred, side, new Point(-1, -1), opencv_core.BORDER_REFLECT_101);
        }
        return blurred;
    }

    static Mat matrix(byte[] pixels, int width, int height, int channels) {
        Mat matrix = new Mat(height, width, opencv_core.CV_8UC(channels));
        matrix.data().put(pixels, 0, pixels.length);
        return matrix;
    }

    static byte[] bytes(Mat matrix) {
        byte[] bytes = new byte[Math.toIntExact(matrix.total() * matrix.elemSize())];
        matrix.data().get(bytes, 0, bytes.length);
        return bytes;
    }
}
