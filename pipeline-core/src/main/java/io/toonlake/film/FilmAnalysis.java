package io.toonlake.film;

import io.toonlake.film.FrameReader.Frame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;

/**
 * Measures every frame of a segment. Difference and its three channels are those of PySceneDetect's {@code ContentDetector}, which also takes them of
 * a small picture, so that its thresholds hold here.
 */
public final class FilmAnalysis implements FrameReader.Visitor {
    /** Grey of 255 up to which a bar is black: coding leaves noise on it. */
    private static final int BLACK = 20;

    private static final int CHANNELS = 3;

    private final FilmSegment segment;
    private final List<FrameStatistics> frames = new ArrayList<>();
    private SegmentStatistics.Next next;
    private Mat before;

    private FilmAnalysis(FilmSegment segment) {
        this.segment = segment;
    }

    /**
     * Decodes a segment, and the one frame after it.
     *
     * @param source of the film that was indexed
     * @throws FilmRefusedException where the source holds no film any more
     * @throws IOException where the source fails
     */
    public static SegmentStatistics of(FilmSource source, FilmIndex index, FilmSegment segment)
            throws FilmRefusedException, IOException {
        FilmAnalysis analysis = new FilmAnalysis(segment);
        try (FrameReader reader = new FrameReader(source, index)) {
            reader.read(segment.start(), analysis);
        } finally {
            analysis.keep(null);
        }
        return new SegmentStatistics(List.copyOf(analysis.frames), analysis.next);
    }

    @Override
    @SuppressWarnings("try") // the scope works by being open
    public boolean visit(Frame frame) {
        try (PointerScope scope = new PointerScope()) {
            FramePainter.Small picture = frame.painter().small(frame.decoded());
            Mat hsv = new Mat();
            opencv_imgproc.cvtColor(picture.colours(), hsv, opencv_imgproc.COLOR_BGR2HSV);
            float difference = before == null ? -1 : difference(before, hsv);
            if (frame.timestamp() >= segment.until()) {
                next = new SegmentStatistics.Next(frame.timestamp(), difference);
                return false;
            }
            frames.add(measured(frame.timestamp(), difference, picture.grey()));
            keep(hsv);
            return true;
        }
    }

    /** Keeps a matrix beyond the scope that it was made in, in place of the one before. */
    private void keep(Mat hsv) {
        if (before != null) {
            before.releaseReference();
        }
        before = hsv == null ? null : hsv.retainReference();
    }

    private static float difference(Mat one, Mat other) {
        Mat difference = new Mat();
        opencv_core.absdiff(one, other, difference);
        Scalar mean = opencv_core.mean(difference);
        double sum = 0;
        for (int c = 0; c < CHANNELS; c++) {
            sum += mean.get(c);
        }
        return (float) (sum / CHANNELS);
    }

    private static FrameStatistics measured(long timestamp, float difference, Mat grey) {
        double[] brightness = meanAndDeviation(grey);
        Mat laplacian = new Mat();
        opencv_imgproc.Laplacian(grey, laplacian, opencv_core.CV_16S, 1, 1, 0, opencv_core.BORDER_REFLECT_101);
        double sharpness = meanAndDeviation(laplacian)[1];
        byte[] columns = brightest(grey);
        // OpenCV takes seven times as long to go along the rows.
        Mat turned = new Mat();
        opencv_core.transpose(grey, turned);
        byte[] rows = brightest(turned);
        return new FrameStatistics(
                timestamp,
                difference,
                (float) brightness[0],
                (float) brightness[1],
                (float) (sharpness * sharpness),
                black(rows, false),
                black(rows, true),
                black(columns, false),
                black(columns, true));
    }

    private static double[] meanAndDeviation(Mat matrix) {
        Mat mean = new Mat();
        Mat deviation = new Mat();
        opencv_core.meanStdDev(matrix, mean, deviation);
        return new double[] {
            mean.createIndexer().getDouble(0), deviation.createIndexer().getDouble(0)
        };
    }

    /** The brightest pixel of each column. */
    private static byte[] brightest(Mat grey) {
        Mat brightest = new Mat();
        opencv_core.reduce(grey, brightest, 0, opencv_core.REDUCE_MAX);
        byte[] values = new byte[grey.cols()];
        brightest.data().get(values);
        return values;
    }

    private static float black(byte[] brightest, boolean fromEnd) {
        int black = 0;
        while (black < brightest.length
                && (brightest[fromEnd ? brightest.length - 1 - black : black] & 0xff) <= BLACK) {
            black++;
        }
        return (float) black / brightest.length;
    }
}
