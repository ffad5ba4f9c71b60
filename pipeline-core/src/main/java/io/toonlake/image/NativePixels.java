package io.toonlake.image;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
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

    private static boolean isOpaque(byte[] bgra) {
        for (int i = 3; i < bgra.length; i += 4) {
            if (bgra[i] != -1) {
                return false;
            }
        }
        return true;
    }
}
