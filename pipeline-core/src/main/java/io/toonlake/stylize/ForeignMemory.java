package io.toonlake.stylize;

import io.toonlake.model.ForeignModel;
import io.toonlake.model.PictureSizes;
import org.bytedeco.javacpp.Pointer;

/**
 * How much memory somebody's network takes, by what the process has more when ONNX Runtime has made pictures of two sizes: it keeps what a picture
 * took until the network is closed.
 */
final class ForeignMemory {
    /** About 0.3 and 0.08 megapixels: enough to be seen beside what else the process does, and seconds of work for large networks. */
    private static final int WIDTH = 640;

    private static final int HEIGHT = 480;
    /** For what a measurement in a working process misses. */
    private static final double MARGIN = 1.25;
    /** What goes in and what comes out, in single precision. */
    private static final long LEAST = 24;

    private ForeignMemory() {}

    /** Bytes a pixel, rounded up generously; 0 where the system does not say what a process has. */
    static long bytesPerPixel(ForeignModel model, int threads) {
        if (Pointer.physicalBytes() <= 0) {
            return 0;
        }
        PictureSizes sizes = model.sizes();
        // The larger one first: what it has given back may serve the smaller one unseen, not the other way round.
        int width = side(WIDTH, sizes.multiple(), sizes.minWidth(), sizes.fixed());
        int height = side(HEIGHT, sizes.multiple(), sizes.minHeight(), sizes.fixed());
        long most = bytes(model, threads, width, height);
        double perPixel = most / ((double) width * height);
        if (!sizes.fixed()) {
            int smallWidth = side(WIDTH / 2, sizes.multiple(), sizes.minWidth(), false);
            int smallHeight = side(HEIGHT / 2, sizes.multiple(), sizes.minHeight(), false);
            long further = (long) width * height - (long) smallWidth * smallHeight;
            if (further > 0) {
                long less = bytes(model, threads, smallWidth, smallHeight);
                // More than in proportion, where it takes more for larger pictures.
                perPixel = Math.max(perPixel, (most - less) / (double) further);
            }
        }
        return Math.max(LEAST, (long) Math.ceil(perPixel * MARGIN));
    }

    private static int side(int about, int multiple, int least, boolean fixed) {
        return fixed ? least : Math.max(least, (about + multiple - 1) / multiple * multiple);
    }

    private static long bytes(ForeignModel model, int threads, int width, int height) {
        try (ForeignEngine engine = new ForeignEngine(model, threads, Processor.CPU)) {
            int leastWidth = model.sizes().minWidth();
            int leastHeight = model.sizes().minHeight();
            float[] photo = ForeignTrial.drawn(width, height);
            if (!model.sizes().fixed()) {
                // What every picture takes, whatever its size, is there afterwards.
                engine.stylize(ForeignTrial.drawn(leastWidth, leastHeight), leastWidth, leastHeight);
            }
            System.gc();
            long before = Pointer.physicalBytes();
            engine.stylize(photo, width, height);
            return Math.max(0, Pointer.physicalBytes() - before);
        }
    }
}
