package io.toonlake.stylize;

import static io.toonlake.stylize.FeatureMap.channels;
import static io.toonlake.stylize.FeatureMap.height;
import static io.toonlake.stylize.FeatureMap.rows;
import static io.toonlake.stylize.FeatureMap.width;

import io.toonlake.network.Padding;
import io.toonlake.network.ResizeConvolution;
import io.toonlake.network.TransposedConvolution;
import io.toonlake.network.Upsampling;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One of the generator's up-convolutions made in horizontal bands: output rows 2i and 2i + 1 are made of input rows
 * i − 1 to i + 1.
 *
 * @param weight shaped as the upsampling has it
 * @param bias [out]
 * @param padding of a {@link ResizeConvolution}
 */
record BandedUpConvolution(INDArray weight, INDArray bias, Upsampling upsampling, Padding padding) {
    /**
     * The map at twice the size.
     *
     * @return a new array [1, out, 2H, 2W]
     */
    INDArray forward(INDArray x) {
        long height = height(x);
        INDArray y = FeatureMap.uninitialized(bias.length(), 2 * height, 2 * width(x));
        // Input, and four pixels each of it enlarged and padded, and of the result before and after it is cut.
        long bytesPerRow = Float.BYTES * width(x) * (9 * channels(x) + 8 * channels(y));
        long band = FeatureMap.bandRows(height, bytesPerRow);
        for (long from = 0; from < height; from += band) {
            long to = Math.min(height, from + band);
            // A border that is not the picture's own spoils the outermost row of the band's result, which is not kept.
            long above = Math.min(1, from);
            INDArray part = rows(x, from - above, Math.min(height, to + 1)).dup('c');
            INDArray doubled = doubled(part);
            part.close();
            rows(y, 2 * from, 2 * to).assign(rows(doubled, 2 * above, 2 * (above + to - from)));
            doubled.close();
        }
        return y;
    }

    private INDArray doubled(INDArray part) {
        return upsampling == Upsampling.TRANSPOSED
                ? TransposedConvolution.forward(part, weight, bias)
                : new ResizeConvolution(padding).forward(part, weight, bias);
    }
}
