package io.toonlake.image;

import static io.toonlake.image.FileBytes.corrupt;

import io.toonlake.image.Samples.Layout;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * The way of samples between Java arrays and OpenCV. Everything native is freed before a method returns; how many threads
 * OpenCV takes is the caller's setting ({@code opencv_core.setNumThreads}).
 */
final class NativePixels {

    private NativePixels() {}

    /** A matrix of 8-bit samples that holds a copy of {@code pixels}; the surrounding scope frees it. */
    static Mat matrix(byte[] pixels, int width, int height, int channels) {
        Mat matrix = new Mat(height, width, opencv_core.CV_8UC(channels));
        matrix.data().put(pixels, 0, pixels.length);
        return matrix;
    }

    /** The samples of a matrix without gaps between its rows. */
    static byte[] bytes(Mat matrix, int length) {
        byte[] bytes = new byte[length];
        BytePointer data = matrix.data();
        data.get(bytes, 0, length);
        return bytes;
    }

    @SuppressWarnings("try") // the scope works by being open
    static byte[] resize(byte[] pixels, int width, int height, int channels, int newWidth, int newHeight) {
        try (PointerScope scope = new PointerScope()) {
            Mat matrix = matrix(pixels, width, height, channels);
            Size size = new Size(newWidth, newHeight);
            boolean shrinks = newWidth <= width && newHeight <= height;
            int method = shrinks ? opencv_imgproc.INTER_AREA : opencv_imgproc.INTER_CUBIC;
            Mat resized = new Mat();
            if (channels == 4 && !isOpaque(pixels)) {
                AlphaWeight.resize(matrix, resized, size, method);
            } else {
                opencv_imgproc.resize(matrix, resized, size, 0, 0, method);
            }
            return bytes(resized, Math.multiplyExact(Math.multiplyExact(newWidth, newHeight), channels));
        }
    }

    /**
     * Decodes by OpenCV, without its orientation and colour conversions. For files known to be whole only: OpenCV's readers
     * do not say what they miss.
     */
    @SuppressWarnings("try") // the scope works by being open
    static Samples decode(byte[] file, int width, int height) throws ImageRefusedException {
        try (PointerScope scope = new PointerScope()) {
            Mat image = opencv_imgcodecs.imdecode(matrix(file, file.length, 1, 1), opencv_imgcodecs.IMREAD_UNCHANGED);
            if (image.empty() || image.cols() != width || image.rows() != height) {
                throw corrupt("damaged image data (the decoder gives up)");
            }
            Layout layout = switch (image.channels()) {
                case 1 -> Layout.GREY;
                case 3 -> Layout.BGR;
                default -> Layout.BGRA;
            };
            int length = Math.multiplyExact(Math.multiplyExact(width, height), image.channels());
            byte[] samples = image.depth() == opencv_core.CV_16U ? rounded(image, length) : bytes(image, length);
            return new Samples(layout, width, height, samples);
        }
    }

    private static byte[] rounded(Mat image, int length) {
        short[] wide = new short[length];
        new ShortPointer(image.data()).get(wide, 0, length);
        byte[] samples = new byte[length];
        for (int i = 0; i < length; i++) {
            samples[i] = (byte) (((wide[i] & 0xFFFF) * 255 + 32_767) / 65_535);
        }
        return samples;
    }

    private static boolean isOpaque(byte[] bgra) {
        for (int i = 3; i < bgra.length; i += 4) {
            if (bgra[i] != -1) {
                return false;
            }
        }
        return true;
    }
}
