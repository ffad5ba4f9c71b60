package io.toonlake.report;

import java.util.List;

/**
 * What a collection looks like, for who has to decide whether it is fit to train on.
 *
 * @param name the collection
 * @param domain {@code photo} or {@code cartoon}
 * @param measured how many samples brightness and exposure were measured of: all, or as many as were drawn by their hashes
 * @param brightness mean grey of these samples, 0 to 255; NaN where there are none
 * @param contrast mean standard deviation of grey in a sample; NaN likewise
 * @param histograms sizes, brightness, exposure, licences, repetitions, reasons of refusal, as far as there are any
 * @param sheet samples drawn by their hashes, small
 * @param repeated originals that are repeated most, with how often
 */
public record CollectionAudit(
        String name,
        String domain,
        long measured,
        double brightness,
        double contrast,
        List<Histogram> histograms,
        List<Picture> sheet,
        List<Histogram.Bar> repeated) {
    public CollectionAudit {
        histograms = List.copyOf(histograms);
        sheet = List.copyOf(sheet);
        repeated = List.copyOf(repeated);
    }
}
