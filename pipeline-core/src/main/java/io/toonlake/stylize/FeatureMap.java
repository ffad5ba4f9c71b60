package io.toonlake.stylize;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the operations of this room share about arrays [1, C, H, W], single precision, C order. */
final class FeatureMap {
    /** A band of rows this large stays near the processor while it is worked on, and costs little beside a whole map. */
    private static final long BAND_BYTES = 8L << 20;

    private FeatureMap() {}

    static INDArray uninitialized(long channels, long height, long width) {
        return Nd4j.createUninitialized(DataType.FLOAT, new long[] {1, channels, height, width}, 'c');
    }

    static INDArray zeros(long channels, long height, long width) {
        return Nd4j.create(DataType.FLOAT, new long[] {1, channels, height, width}, 'c');
    }

    static long channels(INDArray map) {
        return map.size(1);
    }

    static long height(INDArray map) {
        return map.size(2);
    }

    static long width(INDArray map) {
        return map.size(3);
    }

    /** A view of rows {@code from} (inclusive) to {@code to} (exclusive). */
    static INDArray rows(INDArray map, long from, long to) {
        return map.get(all(), all(), interval(from, to), all());
    }

    /** A view of columns {@code from} (inclusive) to {@code to} (exclusive). */
    static INDArray columns(INDArray map, long from, long to) {
        return map.get(all(), all(), all(), interval(from, to));
    }

    /** How many of {@code rows} rows to work on at once, given the bytes that each takes. */
    static long bandRows(long rows, long bytesPerRow) {
        return Math.max(1, Math.min(rows, BAND_BYTES / Math.max(1, bytesPerRow)));
    }
}
