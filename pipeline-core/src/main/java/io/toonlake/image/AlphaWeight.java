package io.toonlake.image;

import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Size;

/** Resizes BGRA with each colour weighted by its alpha: premultiplied in floats, resized, divided again. */
final class AlphaWeight {

    private AlphaWeight() {}

    /** To be called within a pointer scope, which frees the matrices in between. */
    static void resize(Mat bgra, Mat resized, Size size, int method) {
        Mat floats = new Mat();
        bgra.convertTo(floats, opencv_core.CV_32F);
        MatVector planes = new MatVector(4);
        opencv_core.split(floats, planes);
        Mat alpha = planes.get(3);
        for (int c = 0; c < 3; c++) {
            opencv_core.multiply(planes.get(c), alpha, planes.get(c), 1.0 / 255, -1);
        }
        opencv_core.merge(planes, floats);
        Mat premultiplied = new Mat();
        opencv_imgproc.resize(floats, premultiplied, size, 0, 0, method);
        opencv_core.split(premultiplied, planes);
        // Fully transparent pixels have no colour to restore: the bound keeps 0 / 0 at 0.
        Mat divisor = opencv_core.max(planes.get(3), 1e-6).asMat();
        for (int c = 0; c < 3; c++) {
            opencv_core.divide(planes.get(c), divisor, planes.get(c), 255, -1);
        }
        opencv_core.merge(planes, premultiplied);
        premultiplied.convertTo(resized, opencv_core.CV_8U);
    }
}
