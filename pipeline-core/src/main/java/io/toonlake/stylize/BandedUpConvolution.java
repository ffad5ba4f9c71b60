package io.toonlake.stylize;

import static io.toonlake.stylize.FeatureMap.channels;
import static io.toonlake.stylize.FeatureMap.height;
import static io.toonlake.stylize.FeatureMap.rows;
import static io.toonlake.stylize.FeatureMap.width;

import io.toonlake.network.TransposedConvolution;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The generator's {@link TransposedConvolution} made in horizontal bands: output rows 2i and 2i + 1 are made of input rows
 * i and i + 1.
 *
 * @param weight [in, out, 3, 3]
 * @param bias [out]
 */
record BandedUpConvolution(INDArray weight, INDArray bias) {
    /**
     * The map at twice the size.
     *
     * @return a new array [1, out, 2H, 2W]
     */
    INDArray forward(INDArray x) {
        long height = height(x);
        INDArray y = FeatureMap.uninitialized(weight.size(1), 2 * height, 2 * width(x));
        // Input, and the result both before and after its first row and column are dropped.
        long bytesPerRow = Float.BYTES * width(x) * (channels(x) + 8 * channels(y));
        long band = FeatureMap.bandRows(height, bytesPerRow);
        for (long from = 0; from < height; from += band) {
            long to = Math.min(height, from + band);
            INDArray part = rows(x, from, Math.min(height, to + 1)).dup('c');
            INDArray doubled = TransposedConvolution.forward(part, weight, bias);
            part.close();
            rows(y, 2 * from, 2 * to).assign(rows(doubled, 0, 2 * (to - from)));
            doubled.close();
        }
        return y;
    }
}
