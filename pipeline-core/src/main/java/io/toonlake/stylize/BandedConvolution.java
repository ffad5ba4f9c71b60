package io.toonlake.stylize;

import static io.toonlake.stylize.FeatureMap.channels;
import static io.toonlake.stylize.FeatureMap.columns;
import static io.toonlake.stylize.FeatureMap.height;
import static io.toonlake.stylize.FeatureMap.rows;
import static io.toonlake.stylize.FeatureMap.width;

import io.toonlake.network.Convolution;
import io.toonlake.network.Padding;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution made in horizontal bands, each with the rows around it that its kernel reaches. The result is that of the
 * whole convolution, while the scratch memory (padded copy, the engine's own layouts) is that of one band.
 *
 * @param weight [out, in, k, k]
 * @param bias [out]
 * @param geometry kernel, stride and padding
 */
record BandedConvolution(INDArray weight, INDArray bias, Convolution geometry) {
    /** Pads nothing: bands come padded. */
    private Convolution bare() {
        return new Convolution(geometry.kernelPixels(), geometry.stride(), 0, Padding.ZERO);
    }

    /**
     * The convolved map.
     *
     * @return a new array [1, out, H', W']
     */
    INDArray forward(INDArray x) {
        INDArray y = FeatureMap.uninitialized(
                weight.size(0), geometry.outputPixels(height(x)), geometry.outputPixels(width(x)));
        convolve(x, y);
        return y;
    }

    /** Replaces a map by its convolution, which must keep its shape: as many channels out as in, stride 1, "same" size. */
    void inPlace(INDArray x) {
        convolve(x, x);
    }

    /**
     * A band is written only after the padded copy of the next one has been taken, so that y may be x: a band's reach
     * above itself is less than a band.
     */
    private void convolve(INDArray x, INDArray y) {
        long height = height(y);
        long bytesPerRow = Float.BYTES
                * (channels(x) * geometry.stride() * (width(x) + 2L * geometry.pixels()) + channels(y) * width(y));
        long band = Math.max(geometry.pixels(), FeatureMap.bandRows(height, bytesPerRow));
        INDArray waiting = null;
        long waitingFrom = 0;
        for (long from = 0; from < height; from += band) {
            long to = Math.min(height, from + band);
            INDArray padded = padded(x, from, to);
            if (waiting != null) {
                write(waiting, y, waitingFrom);
            }
            waiting = bare().forward(padded, weight, bias);
            waitingFrom = from;
            padded.close();
        }
        write(waiting, y, waitingFrom);
    }

    private static void write(INDArray band, INDArray y, long from) {
        rows(y, from, from + height(band)).assign(band);
        band.close();
    }

    /** The part of x, with its border, that output rows {@code from} to {@code to} are made of. */
    private INDArray padded(INDArray x, long from, long to) {
        int pixels = geometry.pixels();
        long first = from * geometry.stride() - pixels;
        long last = (to - 1) * geometry.stride() - pixels + geometry.kernelPixels() - 1L;
        INDArray padded = geometry.padding() == Padding.ZERO && pixels > 0
                ? FeatureMap.zeros(channels(x), last - first + 1, width(x) + 2L * pixels)
                : FeatureMap.uninitialized(channels(x), last - first + 1, width(x) + 2L * pixels);
        INDArray inner = columns(padded, pixels, pixels + width(x));
        long firstInside = Math.max(0, first);
        long lastInside = Math.min(height(x) - 1, last);
        rows(inner, firstInside - first, lastInside - first + 1).assign(rows(x, firstInside, lastInside + 1));
        if (geometry.padding() == Padding.REFLECT) {
            for (long row = first; row < 0; row++) {
                rows(inner, row - first, row - first + 1).assign(rows(x, -row, -row + 1));
            }
            for (long row = height(x); row <= last; row++) {
                long mirrored = 2 * (height(x) - 1) - row;
                rows(inner, row - first, row - first + 1).assign(rows(x, mirrored, mirrored + 1));
            }
            long right = pixels + width(x) - 1;
            for (int k = 1; k <= pixels; k++) {
                columns(padded, pixels - k, pixels - k + 1).assign(columns(padded, pixels + k, pixels + k + 1));
                columns(padded, right + k, right + k + 1).assign(columns(padded, right - k, right - k + 1));
            }
        }
        return padded;
    }
}
