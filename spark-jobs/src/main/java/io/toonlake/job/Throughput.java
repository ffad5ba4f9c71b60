package io.toonlake.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/** How much a run of {@code stylize} made, and how fast. For the driver's thread. */
final class Throughput {
    private long pictures;
    private double megapixels;
    private double engineSeconds;
    private long metadataLeftOut;
    private long picturesOnGpus;

    /** @param results a batch's rows; those with a reason made no picture */
    void add(List<Row> results) {
        for (Row row : results) {
            if (Stylization.value(row, "reason") == null) {
                pictures++;
                megapixels +=
                        1e-6 * Stylization.<Integer>value(row, "width") * Stylization.<Integer>value(row, "height");
                engineSeconds += Stylization.<Double>value(row, "seconds");
                picturesOnGpus += Stylization.<String>value(row, "engine").contains("-gpu") ? 1 : 0;
                metadataLeftOut += Stylization.value(row, "metadata_left_out") == null ? 0 : 1;
            }
        }
    }

    /**
     * For the summary.
     *
     * @param seconds that the batches took, from the first read to the last write
     * @param cores of all executors meanwhile, on average
     * @param coreSeconds of all executors in the whole run so far, all of which are paid for
     * @param pricePerCoreHour in any currency; 0 where nobody said it, and then there is no cost
     */
    Map<String, Double> figures(double seconds, double cores, double coreSeconds, double pricePerCoreHour) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("megapixels", megapixels);
        figures.put("engineSeconds", engineSeconds);
        figures.put("cores", cores);
        if (pictures > 0) {
            figures.put("imagesPerSecond", pictures / seconds);
            figures.put("imagesPerSecondPerCore", pictures / seconds / cores);
            figures.put("megapixelsPerSecond", megapixels / seconds);
            figures.put("megapixelsPerSecondPerCore", megapixels / seconds / cores);
        }
        if (picturesOnGpus > 0) {
            figures.put("picturesOnGpus", (double) picturesOnGpus);
        }
        if (metadataLeftOut > 0) {
            figures.put("picturesWithMetadataLeftOut", (double) metadataLeftOut);
        }
        if (pricePerCoreHour > 0) {
            double cost = pricePerCoreHour * coreSeconds / 3600;
            figures.put("cost", cost);
            if (pictures > 0) {
                figures.put("costPerThousandImages", 1000 * cost / pictures);
            }
        }
        return figures;
    }
}
