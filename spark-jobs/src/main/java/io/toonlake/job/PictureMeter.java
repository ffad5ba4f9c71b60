package io.toonlake.job;

import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.apache.spark.util.LongAccumulator;

/** Counts, in tasks, what {@code stylize} reads and makes; the driver shows the sums as {@link RunMetrics}. */
final class PictureMeter implements Serializable {
    private static final long serialVersionUID = 1L;

    private final LongAccumulator pictures;
    private final LongAccumulator refused;
    private final LongAccumulator bytesRead;
    private final LongAccumulator bytesWritten;
    private final LongAccumulator pixels;
    private final LongAccumulator engineMillis;

    PictureMeter(RunMetrics metrics) {
        this.pictures = metrics.sum("stylize.pictures");
        this.refused = metrics.sum("stylize.refused");
        this.bytesRead = metrics.sum("stylize.bytes-read");
        this.bytesWritten = metrics.sum("stylize.bytes-written");
        this.pixels = metrics.sum("stylize.pixels");
        this.engineMillis = metrics.sum("stylize.engine-millis");
    }

    /** @param row of {@link Stylization#SCHEMA} */
    void add(Row row) {
        String reason = Stylization.value(row, "reason");
        if (reason != null) {
            refused.add(reason.equals(Worklist.FILTERED) ? 0 : 1);
            return;
        }
        bytesRead.add(Stylization.<Long>value(row, "size_bytes"));
        pictures.add(1);
        bytesWritten.add(Stylization.<Long>value(row, "output_bytes"));
        pixels.add(Stylization.<Integer>value(row, "width").longValue() * Stylization.<Integer>value(row, "height"));
        engineMillis.add(Math.round(1e3 * Stylization.<Double>value(row, "seconds")));
    }
}
